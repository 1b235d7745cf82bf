'use strict';

const { startTour, Stopped } = require('./tour');
const { cleanUp, openLedger, writeKeys } = require('./write');

/**
 * @typedef {import('./readOnly').Finding} Finding
 *
 * @typedef {object} Visit what a tour of one API found out
 * @property {string} title
 * @property {import('./observer').Answer[]} answers
 * @property {Finding[]} findings
 * @property {string[]} left what remains at DigiCert, as lines
 * @property {boolean} allWell whether everything went as documented and nothing is live
 */

/** @param {import('./tour').Place} place @param {import('./write').Ledger} ledger @returns {string[]} */
function describeLeft({ title, api }, { name, made, live, inDoubt }) {
	const ids = (/** @type {Iterable<number>} */ keys) => [...keys].join(', ');
	const off = [...made].filter((id) => !live.has(id));
	return [
		...(off.length > 0 ? [`${title}: switched off, but still listed: ${ids(off)}.`] : []),
		...(live.size > 0
			? [`${title}: STILL LIVE as far as is known, so ${api.offWord} by hand: ${ids(live)}.`]
			: []),
		...(inDoubt ? [`${title}: a creation got no clear answer. Look again in some minutes.`] : []),
		...(made.size > 0 || inDoubt ? [`Look in ${api.keyList} for names with "${name}".`] : []),
	];
}

/**
 * Tours one API. Whatever happens, what was created is switched off before this ends.
 *
 * @param {import('../support/engine').Engine} engine
 * @param {import('./tour').Place} place
 * @param {{ credential: { apiKey: string, baseUrl?: string }, ownerId: number | undefined }} account
 * @param {{
 *   read: (tour: import('./tour').Tour) => Promise<{ userId?: number, findings: Finding[] }>,
 *   write: boolean,
 *   keyName: string,
 *   say: (line: string) => void,
 *   isStopped: () => boolean,
 * }} how
 * @returns {Promise<Visit>}
 */
async function visit(engine, place, { credential, ownerId }, { read, write, keyName, ...host }) {
	host.say(`\n${place.title}${write ? '' : ', reading only'}`);
	const tour = startTour(engine, place, credential, host);
	const ledger = openLedger(keyName);
	/** @type {Finding[]} */
	const findings = [];
	let brokeOff = false;
	try {
		const { userId, findings: found } = await read(tour);
		findings.push(...found);
		const owner = ownerId ?? userId;
		if (write && owner === undefined) {
			host.say('  Nothing is created here, because no ID says for whom.');
		} else if (write && owner !== undefined) {
			try {
				findings.push(...(await writeKeys(tour, ledger, owner)));
			} finally {
				if (ledger.made.size > 0 || ledger.inDoubt) await cleanUp(tour, ledger, owner);
			}
		}
	} catch (error) {
		brokeOff = true;
		if (!(error instanceof Stopped)) {
			host.say(`  The tour broke off: ${error instanceof Error ? error.message : 'unknown error'}`);
		}
	} finally {
		tour.endWatch();
	}
	return {
		title: place.title,
		answers: tour.steps.flatMap((step) => step.answers),
		findings,
		left: describeLeft(place, ledger),
		allWell:
			!brokeOff && ledger.live.size === 0 && !ledger.inDoubt && tour.steps.every(({ ok }) => ok),
	};
}

module.exports = { visit };
