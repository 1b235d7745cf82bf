'use strict';

/** What the texts of a run tell its user of keys. */

/** Numbers that are no key's: statuses, times, periods, items, owners. */
const OTHER_NUMBERS =
	/HTTP \d+|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)|\d+ m?s\b|\[item \d+\]|\b(?:items?|users?|subaccounts?|accounts?) \d+(?:, \d+)*/gi;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** Words by which a text leaves open whether there is a key. */
const IN_DOUBT = /\bmay\b|\bunknown\b|\bnobody can tell\b/i;
/** What a text says was switched off: a list after a colon, or one key. */
const TOLD_AS_OFF = /Switched off again[^:]*: (.*?)(?:\. |\.?$)|\b(key \d+) was switched off/gm;
/** How far the time of a text may be from that of the request, in ms: it may have queued. */
const TIME_TOLERANCE = 5_000;

/** @param {string} text @param {number} id */
function namesKey(text, id) {
	return new RegExp(`\\b${id}\\b`).test(text.replace(OTHER_NUMBERS, ''));
}

/** The parts of a text that each tell of one item or one kind of thing. @param {string} text */
function partsOf(text) {
	return text.split(/\n|(?=\bItem \d+: )/);
}

/** Whether a text says that this key was switched off. @param {string} text @param {number} id */
function tellsAsOff(text, id) {
	return [...text.matchAll(TOLD_AS_OFF)].some(([, list, one]) => namesKey(list ?? one, id));
}

/** Whether a text says that this key may be one that got lost. @param {string} text @param {number} id */
function tellsInDoubt(text, id) {
	return partsOf(text).some((part) => IN_DOUBT.test(part) && namesKey(part, id));
}

/**
 * Whether a line says enough to find a key by hand that it cannot name: whose it is, what it is
 * called, and when it was asked for.
 *
 * @param {string} line
 * @param {{ owner: string, name: string, times: number[] }} key `times` in ms, by our
 *   clock and by DigiCert's
 */
function describesKey(line, { owner, name, times }) {
	return (
		line.includes(JSON.stringify(name)) &&
		line.includes(owner) &&
		[...line.matchAll(TIME)].some(([told]) =>
			times.some((time) => Math.abs(Date.parse(told) - time) <= TIME_TOLERANCE),
		)
	);
}

/**
 * Whether a text names a key by an owner that was new with it: there is no other key to confuse
 * it with.
 *
 * @param {string} text
 * @param {{ owner: string, name: string }} key
 */
function namesFirstKey(text, { owner, name }) {
	const [, ...rest] = text.split(`${JSON.stringify(name)} of a new `);
	return rest.some(
		(end) =>
			/^(?:subaccount named "|service user with the email address )/.test(end) &&
			end
				.slice(0, 200)
				.split(/[),]| that /)[0]
				.includes(owner),
	);
}

/**
 * Finds for each key a line of its own that describes it, in texts that leave its being open.
 *
 * @template {{ owner: string, name: string, times: number[] }} K
 * @param {string[]} texts
 * @param {K[]} keys
 * @returns {Set<K>} the keys that are described
 */
function findDescribed(texts, keys) {
	const lines = texts.filter((text) => IN_DOUBT.test(text)).flatMap(partsOf);
	/** @type {Set<K>} */
	const described = new Set();
	for (const key of keys) {
		const index = lines.findIndex((line) => describesKey(line, key));
		if (index === -1) continue;
		lines.splice(index, 1);
		described.add(key);
	}
	return described;
}

module.exports = {
	findDescribed,
	namesFirstKey,
	namesKey,
	tellsAsOff,
	tellsInDoubt,
};
