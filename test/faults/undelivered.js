'use strict';

const { noFigures } = require('./figures');
const { isLive, textsOf } = require('./keys');
const { findDescribed, namesKey } = require('./statements');

/**
 * @typedef {import('./keys').Made} Made
 * @typedef {import('./runs').Observation} Observation
 */

/**
 * Why a live key could not be named by its ID, as far as the sandbox can tell.
 *
 * @param {Made} made
 * @param {Observation} observation
 * @returns {'namedLookUpFailed' | 'namedTooLate' | 'namedNoId' | undefined} undefined without a
 *   reason
 */
function excuseFor({ key, request }, { requests, plan, status }) {
	// What Create subaccount answers is not documented, nor is the owner known without it.
	if (plan.resource === 'subaccount') return 'namedNoId';
	const looks = requests.filter(
		({ method, path, query, seq }) =>
			method === 'GET' &&
			/^\/(key|api-key)$/.test(path) &&
			seq > request.seq &&
			[undefined, String(key.ownerId)].includes(/** @type {any} */ (query)?.user_id),
	);
	// Slow is the one fault under which a list that came was a good one.
	const failed = looks.some(
		({ status: answer, fault }) => answer !== 200 || (fault !== undefined && fault !== 'slow'),
	);
	if (failed) return 'namedLookUpFailed';
	if (looks.some(({ at }) => at <= key.createdAt)) return 'namedTooLate';
	// A cancelled run may end before it looks.
	return status === 'canceled' ? 'namedLookUpFailed' : undefined;
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
	const cancelled = observation.status === 'canceled';
	const texts = textsOf(observation);
	const orphans = made.filter(({ key }) => isLive(key) && !delivered.has(key.id));
	const unnamed = orphans.filter(({ key }) => !texts.some((text) => namesKey(text, key.id)));
	const described = findDescribed(texts, unnamed);

	for (const orphan of orphans) {
		const excuse = unnamed.includes(orphan) ? excuseFor(orphan, observation) : 'namedById';
		const isNamed = !unnamed.includes(orphan) || described.has(orphan);
		if (isNamed && excuse !== undefined) {
			figures[cancelled ? 'namedInLog' : excuse] += 1;
			continue;
		}
		const { key, name, owner, request } = orphan;
		const found = isNamed ? 'only described, though a look would have shown it' : 'not named';
		findings.push({
			violation: 'lost key',
			detail: `key ${key.id} (${name} of ${owner}, fault ${request.fault}): ${found}`,
		});
	}
	return { figures, findings };
}

module.exports = { countUndelivered };
