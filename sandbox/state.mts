import * as certCentralSeed from './certcentral/seed.mts';
import type { CertCentralGuide, CertCentralInstance } from './certcentral/seed.mts';
import type { Clock } from './clock.mts';
import type { InstanceName } from './keyring.mts';
import * as partnerSeed from './partner/seed.mts';
import type { PartnerGuide, PartnerState } from './partner/seed.mts';

export interface State {
	certCentral: Record<InstanceName, CertCentralInstance>;
	partner: PartnerState;
	guide: { certCentral: Record<InstanceName, CertCentralGuide>; partner: PartnerGuide };
	/** Goes back to the seeded state; seeded values and ids stay the same. */
	reset: () => void;
}

export interface StateOptions {
	clock: Clock;
	seedUsers: number;
	onIssue: (value: string) => void;
}

/**
 * Makes the whole state of the stand-in: two CertCentral instances, separate in accounts, users
 * and keys (digicert-api.md A.1), and the partner API.
 */
export function createState({ clock, seedUsers, onIssue }: StateOptions): State {
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
