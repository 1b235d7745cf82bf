'use strict';

const { askIn, creationsIn, isLive, isSpoilt, laneOf, looksFor, textsOf } = require('./keys');
const { isRefused } = require('./schedule');
const { tellsAsOff, tellsInDoubt } = require('./statements');

/**
 * What must hold of every run. Each rule gives what breaks it.
 *
 * @typedef {import('./figures').Finding} Finding
 * @typedef {import('./keys').Made} Made
 * @typedef {import('./runs').Observation} Observation
 */

/** How often each lane occurs. @param {string[]} lanes @returns {Map<string, number>} */
function tally(lanes) {
	/** @type {Map<string, number>} */
	const counts = new Map();
	for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
	return counts;
}

/** @param {Observation} observation @param {Made[]} made @returns {Finding[]} */
function findWrongDeliveries({ delivered, made: keys, asks, plan }, made) {
	return delivered.flatMap(({ itemIndex, keyId }) => {
		const key = keys.find(({ id }) => id === keyId);
		const detail = `key ${keyId} at item ${itemIndex}`;
		if (key === undefined || !isLive(key)) {
			return [/** @type {Finding} */ ({ violation: 'dead key delivered', detail })];
		}
		const of = made.find(({ key: { id } }) => id === keyId);
		const ask = asks[itemIndex];
		const fits = ask !== undefined && of?.name === ask.name && of.owner === ask.owner;
		return fits
			? []
			: [{ violation: 'delivered to the wrong item', detail: `${detail} of ${plan.items.length}` }];
	});
}

/** @param {Observation} observation @param {Made[]} made @returns {Finding[]} */
function findDoubles({ asks, earlier, plan }, made) {
	const { ifNameExists = 'create' } = /** @type {Record<string, string>} */ (plan.options);
	const asked = tally(asks.map(({ owner, name }) => laneOf(owner, name)));
	// A successor may have the name of the key that it replaces.
	const others = earlier.filter((key) => isLive(key) && !key.isRotated);
	const before = tally(others.map(({ ownerId, name }) => laneOf(String(ownerId), name)));
	const live = tally(
		made.filter(({ key }) => isLive(key)).map(({ owner, name }) => laneOf(owner, name)),
	);
	return [...live].flatMap(([lane, count]) => {
		const allowed =
			ifNameExists === 'create' ? (asked.get(lane) ?? 0) : Math.max(0, 1 - (before.get(lane) ?? 0));
		if (count <= allowed) return [];
		return [{ violation: 'double', detail: `${lane}: ${count} live, ${allowed} asked for` }];
	});
}

/** @param {Observation} observation @returns {Finding[]} */
function findRepeats({ asks, requests }) {
	const asked = tally(asks.map(({ owner, name }) => laneOf(owner, name)));
	const sent = tally(
		creationsIn(requests).map((entry) => {
			const { owner, name } = askIn(entry);
			return laneOf(owner, name);
		}),
	);
	return [...sent].flatMap(([lane, count]) => {
		const allowed = asked.get(lane) ?? 0;
		if (count <= allowed) return [];
		return [{ violation: 'creation sent twice', detail: `${lane}: ${count} for ${allowed}` }];
	});
}

/**
 * Keys whose value the node had in hand when it stopped, and that live although nothing tried to
 * switch them off.
 *
 * @param {Observation} observation
 * @param {Made[]} made
 * @returns {Finding[]}
 */
function findLeftOn(observation, made) {
	const { plan, requests, status, stopText, delivered } = observation;
	const texts = textsOf(observation);
	const stopped =
		status === 'canceled' || (stopText !== '' && plan.cell.onError === 'stopWorkflow');
	if (!stopped || delivered.length > 0 || plan.options.rollback === false) return [];
	const isNew = !plan.resource.endsWith('ApiKey');
	const tried = (/** @type {Made} */ { key: { id, ownerId } }) =>
		requests.some(({ method, path }) => method === 'PUT' && path.endsWith(`/${id}/status`)) ||
		// The ID of a new owner's key has to be looked up first, and that may fail.
		(isNew && looksFor(requests, ownerId).some(isSpoilt));
	return made
		.filter((made) => {
			const { key, request } = made;
			const inHand = request.status === 201 && request.fault === undefined;
			// An answer that came when time was up may have been given up on.
			const inDoubt = texts.some((text) => tellsInDoubt(text, key.id));
			return inHand && isLive(key) && !inDoubt && !tried(made);
		})
		.map(({ key, name }) => ({
			violation: 'not rolled back',
			detail: `key ${key.id} (${name})`,
		}));
}

/** @param {Observation} observation @returns {Finding[]} */
function findMissingResults({ plan, outputs, status, stopText }) {
	if (status === 'canceled' || plan.cell.onError === 'stopWorkflow') return [];
	if (stopText !== '') {
		return [{ violation: 'item without a result', detail: `the node stopped: ${stopText}` }];
	}
	const seen = [...outputs].sort((a, b) => a - b);
	const complete = plan.items.every((_, index) => seen[index] === index);
	if (complete && seen.length === plan.items.length) return [];
	return [{ violation: 'item without a result', detail: `outputs of items ${seen.join(', ')}` }];
}

/** @param {Observation} observation @returns {Finding[]} */
function findSentThoughRefused({ plan, requests, stopText }) {
	if (!isRefused(plan.cell)) return [];
	const said = stopText.includes("'Retry On Fail' cannot be used");
	if (requests.length === 0 && said) return [];
	return [
		{ violation: 'refused run sent something', detail: `${requests.length} requests; ${stopText}` },
	];
}

/** @param {Observation} observation @param {Made[]} made @returns {Finding[]} */
function findUntrue(observation, made) {
	const texts = textsOf(observation);
	return made
		.filter(({ key }) => isLive(key) && texts.some((text) => tellsAsOff(text, key.id)))
		.map(({ key: { id } }) => ({ violation: 'told as off, and alive', detail: `key ${id}` }));
}

/** @param {Observation} observation @returns {Finding[]} */
function findChanged({ earlier }) {
	return earlier
		.filter(({ status, statusBefore }) => status !== statusBefore)
		.map(({ id, name, status }) => ({
			violation: "key of others' switched off",
			detail: `key ${id} (${name}) became ${status}`,
		}));
}

/** @param {Observation} observation @returns {Finding[]} */
function findLeaks({ leaks }) {
	return leaks.map((detail) => ({ violation: 'secret told', detail }));
}

/** @param {Observation} observation @returns {Finding[]} */
function findForeign({ foreignRequests }) {
	if (foreignRequests === 0) return [];
	return [{ violation: 'foreign host reached', detail: `${foreignRequests} requests` }];
}

/** @type {Array<(observation: Observation, made: Made[]) => Finding[]>} */
const RULES = [
	findWrongDeliveries,
	findDoubles,
	findRepeats,
	findLeftOn,
	findUntrue,
	findChanged,
	findMissingResults,
	findSentThoughRefused,
	findLeaks,
	findForeign,
];

module.exports = { RULES };
