'use strict';

const { said } = require('./readOnly');
const { byId, creationOptions, Stopped } = require('./tour');

/** @typedef {import('./tour').Tour} Tour @typedef {import('./tour').Step} Step */

/**
 * The keys that a tour made, until each is known to be off.
 *
 * @typedef {object} Ledger
 * @property {string} name what the name of every key of this run begins with, and of no other key
 * @property {Set<number>} made IDs
 * @property {Set<number>} live IDs of those that are not known to be off
 * @property {boolean} inDoubt whether a creation ended without a clear answer
 */

const LOOK = 'look for live keys of this run';

/** @param {string} name @returns {Ledger} */
function openLedger(name) {
	return { name, made: new Set(), live: new Set(), inDoubt: false };
}

/** @param {Step} step */
function wasRefused({ answers }) {
	return answers.some(({ status }) => status >= 400 && status < 500);
}

/** The answer to the creation, not those to the look-ups around it. @param {Step} step */
function saidOfCreation(step) {
	return said({ ...step, answers: step.answers.filter(({ call }) => call.startsWith('POST ')) });
}

/** @param {boolean | undefined} fact */
function yesOrNo(fact) {
	return fact === undefined ? 'cannot be told' : fact ? 'yes' : 'no';
}

/**
 * Runs an operation that creates a key, and enters the key.
 *
 * @param {Tour} tour @param {Ledger} ledger @param {string} title @param {string} operation
 * @param {Record<string, unknown>} parameters
 */
async function issue({ place, step }, ledger, title, operation, parameters) {
	try {
		const creation = await step(title, `${place.resource}.${operation}`, {
			...parameters,
			name: ledger.name,
			options: creationOptions(),
		});
		const [key] = creation.items;
		if (typeof key?.id === 'number') {
			ledger.made.add(key.id);
			ledger.live.add(key.id);
		} else if (!wasRefused(creation)) ledger.inDoubt = true;
		return creation;
	} catch (error) {
		if (!(error instanceof Stopped)) ledger.inDoubt = true;
		throw error;
	}
}

/**
 * @param {Tour} tour @param {Ledger} ledger @param {number} id @param {string} title
 * @param {boolean} [always] even when the tour was told to stop
 */
async function switchOff({ place, step }, ledger, id, title, always) {
	const off = await step(
		title,
		`${place.resource}.${place.off}`,
		// The check of the own key needs a list; this ID comes from a creation of this run.
		{ keyId: byId(id), options: { allowOwnKey: true, rateLimitWait: 60 } },
		{ always },
	);
	if (off.ok) ledger.live.delete(id);
	return off;
}

/**
 * Creates a key that nobody can use, looks at it, rotates it, and switches both off.
 *
 * @param {Tour} tour
 * @param {Ledger} ledger gets every key as soon as it is known
 * @param {number} ownerId the user or subaccount
 * @returns {Promise<import('./readOnly').Finding[]>}
 */
async function writeKeys(tour, ledger, ownerId) {
	const { place, step } = tour;
	const { marks, resource } = place;
	const isLive = async (/** @type {number} */ id, /** @type {string} */ title) => {
		const [key] = (await step(title, `${resource}.get`, { keyId: byId(id) })).items;
		return key === undefined ? undefined : key.status === 'active';
	};

	const created = await issue(tour, ledger, 'create an API key', 'create', {
		[place.owner]: byId(ownerId),
		...place.harmless,
	});
	const findings = [
		{ mark: marks.create, question: 'Create an API key', answer: saidOfCreation(created) },
	];
	const [first] = created.items;
	if (first === undefined) return findings;
	await isLive(first.id, 'look at it');
	const rotated = await issue(tour, ledger, 'its successor, of the same name', 'rotate', {
		keyId: byId(first.id),
	});
	const [second] = rotated.items;
	if (place.rename) {
		await step('rename the first', `${resource}.update`, {
			keyId: byId(first.id),
			name: `${ledger.name}, renamed`,
			restrictedToRoleId: 'keep',
		});
	}

	const off = await switchOff(tour, ledger, first.id, 'switch the first off');
	const liveThen = await isLive(first.id, 'look at it');
	ledger.live.add(first.id);
	const on = await step('switch it on again', `${resource}.${place.on}`, { keyId: byId(first.id) });
	const liveAgain = await isLive(first.id, 'look at it');
	await switchOff(tour, ledger, first.id, 'switch it off for good');
	if (second !== undefined) await switchOff(tour, ledger, second.id, 'switch the successor off');

	const wentOff = liveThen === undefined ? undefined : !liveThen;
	return [
		...findings,
		{
			mark: 'F.23',
			question: 'The new key works at once',
			answer: `${yesOrNo(first.verified)}, ${said(created)}`,
		},
		{
			mark: marks.sameName,
			question: 'A second key of the same name',
			answer: saidOfCreation(rotated),
		},
		{
			mark: marks.status,
			question: 'Switch a key off; it is off then',
			answer: `${said(off)}; ${yesOrNo(wentOff)}`,
		},
		{
			mark: marks.on,
			question: 'Switch it on again; it is live then',
			answer: `${said(on)}; ${yesOrNo(liveAgain)}`,
		},
	];
}

/**
 * Switches off what a tour made and is not known to be off, by its IDs and by its name. Works
 * after a step that failed, and when the tour was told to stop.
 *
 * @param {Tour} tour
 * @param {Ledger} ledger
 * @param {number} ownerId
 */
async function cleanUp(tour, ledger, ownerId) {
	const { owner, resource } = tour.place;
	const filters = { nameContains: ledger.name, [owner]: String(ownerId), status: 'active' };
	// A creation in doubt may still come true while the first round lasts.
	for (const title of ledger.inDoubt ? [LOOK, `${LOOK} again`] : [LOOK]) {
		const { items } = await tour.step(
			title,
			`${resource}.getMany`,
			{ returnAll: true, filters },
			{ always: true },
		);
		for (const { id } of items) {
			ledger.made.add(id);
			ledger.live.add(id);
		}
		for (const id of ledger.live) await switchOff(tour, ledger, id, 'switch off', true);
	}
}

module.exports = { cleanUp, openLedger, writeKeys };
