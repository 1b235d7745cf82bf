'use strict';

const { creationsIn, isLive, textsOf, withRequests } = require('./keys');
const { RULES } = require('./rules');
const { tellsAsOff } = require('./statements');
const { countUndelivered } = require('./undelivered');

/** @typedef {{ figures: Record<import('./figures').Figure, number>, findings: import('./figures').Finding[] }} Count */

/**
 * Counts what one run left behind. Pure: everything comes from the observation.
 *
 * @param {import('./runs').Observation} observation
 * @returns {Count}
 */
function count(observation) {
	const { plan, requests, status } = observation;
	const texts = textsOf(observation);
	const made = withRequests(observation);
	const off = made.filter(({ key }) => !isLive(key));
	const delivered = new Set(observation.delivered.map(({ keyId }) => keyId));
	const { figures, findings } = countUndelivered(observation, made, delivered);
	return {
		figures: {
			...figures,
			runs: 1,
			items: plan.items.length,
			creations: creationsIn(requests).length,
			made: made.length,
			delivered: delivered.size,
			switchedOff: off.length,
			toldAsOff: off.filter(({ key }) => texts.some((text) => tellsAsOff(text, key.id))).length,
			cancelled: status === 'canceled' ? 1 : 0,
		},
		findings: [...findings, ...RULES.flatMap((rule) => rule(observation, made))],
	};
}

module.exports = { count };
