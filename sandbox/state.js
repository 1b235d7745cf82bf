'use strict';

const certCentralSeed = require('./certcentral/seed');
const partnerSeed = require('./partner/seed');

/**
 * Makes the whole state of the stand-in: two CertCentral instances, separate in accounts, users
 * and keys (A.1), and the partner API.
 *
 * @param {{ clock: import('./types').Clock, seedUsers: number,
 *   onIssue: (value: string) => void }} options
 * @returns {import('./types').State} `reset` goes back to the seeded state; seeded values and ids
 *   stay the same
 */
function createState({ clock, seedUsers, onIssue }) {
	const us = certCentralSeed.createInstance('us', clock, onIssue);
	const eu = certCentralSeed.createInstance('eu', clock, onIssue);
	const partner = partnerSeed.createPartner(clock, onIssue);
	const seeds = {
		us: certCentralSeed.planSeed('us', seedUsers),
		eu: certCentralSeed.planSeed('eu', seedUsers),
		partner: partnerSeed.planSeed(),
	};

	function reset() {
		certCentralSeed.fill(us, seeds.us);
		certCentralSeed.fill(eu, seeds.eu);
		partnerSeed.fill(partner, seeds.partner);
	}
	reset();
	return {
		certCentral: { us, eu },
		partner,
		guide: {
			certCentral: { us: seeds.us.guide, eu: seeds.eu.guide },
			partner: seeds.partner.guide,
		},
		reset,
	};
}

module.exports = { createState };
