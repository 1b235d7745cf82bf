'use strict';

const { noFigures } = require('./figures');
const { isLive, isSpoilt, looksFor, textsOf } = require('./keys');
const { findDescribed, namesFirstKey, namesKey } = require('./statements');

/**
 * @typedef {import('./keys').Made} Made
 * @typedef {import('./runs').Observation} Observation
 */

/**
 * Why a live key could not be named by its ID, as far as the sandbox can tell.
 *
 * @param {Made} made
 * @param {Observation} observation
 * @returns {'namedLookUpFailed' | 'namedTooLate' | undefined} undefined without a
 *   reason
 */
function excuseFor({ key, request }, { requests }) {
	const looks = looksFor(requests, key.ownerId).filter(({ seq }) => seq > request.seq);
	if (looks.some(isSpoilt)) return 'namedLookUpFailed';
	if (looks.some(({ at }) => at <= key.createdAt)) return 'namedTooLate';
	return undefined;
}

/**
 * Keys that live although nobody has their value.
 *
 * @param {Observation} observation
 * @param {Made[]} made
 * @param {Set<number | undefined>} delivered
 */
function countUndelivered(observation, made, delivered) {
	const figures = noFigures();
	/** @type {import('./figures').Finding[]} */
	const findings = [];
	const { plan, status } = observation;
	const cancelled = status === 'canceled';
	const texts = textsOf(observation);
	const orphans = made.filter(({ key }) => isLive(key) && !delivered.has(key.id));
	const unnamed = orphans.filter(({ key }) => !texts.some((text) => namesKey(text, key.id)));
	const described = findDescribed(texts, unnamed);

	const isNew = !plan.resource.endsWith('ApiKey');
	const isFirst = (/** @type {Made} */ made) => texts.some((text) => namesFirstKey(text, made));

	for (const orphan of orphans) {
		/** @type {import('./figures').Figure | undefined} */
		let how = !unnamed.includes(orphan) ? 'namedById' : undefined;
		if (isNew && isFirst(orphan)) how ??= 'namedByOwner';
		if (described.has(orphan)) how ??= excuseFor(orphan, observation);
		if (how !== undefined) {
			figures[cancelled ? 'namedInLog' : how] += 1;
			continue;
		}
		const { key, name, owner, request } = orphan;
		const found = described.has(orphan)
			? 'only described, though a look would have shown it'
			: 'not named';
		findings.push({
			violation: 'lost key',
			detail: `key ${key.id} (${name} of ${owner}, fault ${request.fault}): ${found}`,
		});
	}
	return { figures, findings };
}

module.exports = { countUndelivered };
