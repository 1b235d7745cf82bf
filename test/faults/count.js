'use strict';

const { isRefused } = require('./schedule');
const { findDescribed, namesKey } = require('./statements');

/**
 * Counts what a run left behind. Pure: everything comes from the observation.
 *
 * @typedef {import('./runs').Observation} Observation
 * @typedef {import('./runs').KeyRecord} KeyRecord
 * @typedef {import('./runs').JournalEntry} JournalEntry
 *
 * @typedef {{ violation: Violation, detail: string }} Finding
 * @typedef {{ figures: Record<Figure, number>, findings: Finding[] }} Count
 * @typedef {(typeof FIGURES)[number]} Figure
 * @typedef {(typeof VIOLATIONS)[number]} Violation
 */

/** What is reported, and is as it should be. */
const FIGURES = /** @type {const} */ ([
	'runs',
	'items',
	/** Creation requests that reached the sandbox, those that got a 429 not counted. */
	'creations',
	'made',
	'delivered',
	'switchedOff',
	/** Alive without a value, and named by ID in an error. */
	'namedById',
	/** The same where the look-up was refused: by owner, name and time, as in doubt. */
	'namedLookUpFailed',
	/** The same where the key came to light only after the look-up. */
	'namedTooLate',
	/** The same where the answer that could be used has no ID of the key. */
	'namedNoId',
	/** Alive after a cancelled run, of which n8n keeps nothing, and named in n8n's log. */
	'namedInLog',
	'cancelled',
]);

/** What must never be. */
const VIOLATIONS = /** @type {const} */ ([
	'lost key',
	'dead key delivered',
	'double',
	'creation sent twice',
	'secret told',
	'foreign host reached',
	'not rolled back',
	'told as off, and alive',
	"key of others' switched off",
	'delivered to the wrong item',
	'item without a result',
	'refused run sent something',
]);

/** Zero of everything. @returns {Record<Figure, number>} */
function noFigures() {
	return /** @type {Record<Figure, number>} */ (Object.fromEntries(FIGURES.map((f) => [f, 0])));
}

/** @param {KeyRecord} key */
const isLive = ({ status }) => status === 'active';

/** @param {string} owner @param {unknown} name */
const laneOf = (owner, name) => JSON.stringify([owner, name]);

/** Who gets the key of a creation request. @param {JournalEntry} entry */
function ownerIn({ path, body }) {
	const { email, name, api_key_name: keyName } = /** @type {any} */ (body ?? {});
	if (path === '/user') return String(email);
	// The name in the body of Create subaccount is the subaccount's.
	if (keyName !== undefined) return String(name);
	return path.slice(path.lastIndexOf('/') + 1);
}

/** What a creation request asks for. @param {JournalEntry} entry */
function askIn(entry) {
	const { name, api_name: apiName, api_key_name: keyName } = /** @type {any} */ (entry.body ?? {});
	return { owner: ownerIn(entry), name: String(keyName ?? apiName ?? name) };
}

/** How often each lane occurs. @param {string[]} lanes @returns {Map<string, number>} */
function tally(lanes) {
	/** @type {Map<string, number>} */
	const counts = new Map();
	for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
	return counts;
}

/**
 * Keys of the run with what was asked for them.
 *
 * @param {Observation} observation
 */
function withRequests({ made, requests, skewMs }) {
	return made.map((key) => {
		const request = requests.find(({ createdKeyId }) => createdKeyId === key.id);
		if (request === undefined) throw new Error(`No request made the key ${key.id}`);
		return { key, request, ...askIn(request), at: Date.parse(request.at) - skewMs };
	});
}

/** @typedef {ReturnType<typeof withRequests>[number]} Made */

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
	if (looks.some(({ status: answer, fault }) => answer !== 200 || fault !== undefined)) {
		return 'namedLookUpFailed';
	}
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
	/** @type {Finding[]} */
	const findings = [];
	const cancelled = observation.status === 'canceled';
	const texts = cancelled
		? [observation.logText]
		: [observation.stopText, ...observation.errors.map(({ text }) => text)];
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
	const before = tally(
		earlier.filter(isLive).map(({ ownerId, name }) => laneOf(String(ownerId), name)),
	);
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

/** @param {JournalEntry[]} requests */
function creationsIn(requests) {
	return requests.filter(({ method, status }) => method === 'POST' && status !== 429);
}

/**
 * Keys whose value the node had in hand when it stopped, and that live although nothing tried to
 * switch them off.
 *
 * @param {Observation} observation
 * @param {Made[]} made
 * @returns {Finding[]}
 */
function findLeftOn({ plan, requests, status, stopText, delivered }, made) {
	const stopped =
		status === 'canceled' || (stopText !== '' && plan.cell.onError === 'stopWorkflow');
	if (!stopped || delivered.length > 0 || plan.options.rollback === false) return [];
	// The ID of a subaccount's first key is in no documented place.
	if (plan.resource === 'subaccount') return [];
	const tried = (/** @type {number} */ id) =>
		requests.some(({ method, path }) => method === 'PUT' && path.endsWith(`/${id}/status`));
	return made
		.filter(({ key, request }) => {
			const inHand = request.status === 201 && request.fault === undefined;
			return inHand && isLive(key) && !tried(key.id);
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

/**
 * Counts one run.
 *
 * @param {Observation} observation
 * @returns {Count}
 */
function count(observation) {
	const { plan, earlier, requests, leaks, foreignRequests, status } = observation;
	const made = withRequests(observation);
	const delivered = new Set(observation.delivered.map(({ keyId }) => keyId));
	const { figures, findings } = countUndelivered(observation, made, delivered);
	const changed = earlier.filter((key) => key.status !== key.statusBefore);
	return {
		figures: {
			...figures,
			runs: 1,
			items: plan.items.length,
			creations: creationsIn(requests).length,
			made: made.length,
			delivered: delivered.size,
			switchedOff: made.filter(({ key }) => !isLive(key)).length,
			cancelled: status === 'canceled' ? 1 : 0,
		},
		findings: [
			...findings,
			...findWrongDeliveries(observation, made),
			...findDoubles(observation, made),
			...findRepeats(observation),
			...findLeftOn(observation, made),
			...findMissingResults(observation),
			...findSentThoughRefused(observation),
			...changed.map(
				({ id, name, status: now }) =>
					/** @type {Finding} */ ({
						violation: "key of others' switched off",
						detail: `key ${id} (${name}) became ${now}`,
					}),
			),
			...leaks.map((what) => /** @type {Finding} */ ({ violation: 'secret told', detail: what })),
			...(foreignRequests === 0
				? []
				: [
						/** @type {Finding} */ ({
							violation: 'foreign host reached',
							detail: `${foreignRequests} requests`,
						}),
					]),
		],
	};
}

module.exports = { count, FIGURES, noFigures, VIOLATIONS };
