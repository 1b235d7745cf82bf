export const NAMES = {
	certCentralKey: 'DIGICERT_CERTCENTRAL_KEY',
	certCentralRegion: 'DIGICERT_CERTCENTRAL_REGION',
	certCentralUrl: 'DIGICERT_CERTCENTRAL_URL',
	certCentralUser: 'DIGICERT_CERTCENTRAL_USER_ID',
	partnerKey: 'DIGICERT_PARTNER_KEY',
	partnerUrl: 'DIGICERT_PARTNER_URL',
	partnerAccount: 'DIGICERT_PARTNER_ACCOUNT_ID',
	write: 'DIGICERT_LIVE_WRITE',
};

export const HELP = `CertCentral
  ${NAMES.certCentralKey}
  ${NAMES.certCentralRegion}    us (default), eu, or custom with ${NAMES.certCentralUrl}
Partner Subscriptions
  ${NAMES.partnerKey}
  ${NAMES.partnerUrl}           only for another address than the documented one

Nothing is created or changed unless ${NAMES.write}=yes. With it, keys are created for
these, and switched off again:
  ${NAMES.certCentralUser}   default: the user of the API key
  ${NAMES.partnerAccount}    a subaccount; without it nothing is created there`;

type Environment = Record<string, string | undefined>;

function read(env: Environment, name: string): string | undefined {
	const value = env[name]?.trim();
	return value === '' ? undefined : value;
}

function readId(env: Environment, name: string): number | undefined {
	const value = read(env, name);
	if (value === undefined) return undefined;
	if (!/^[1-9]\d{0,15}$/.test(value)) throw new Error(`${name} is not a numeric ID`);
	return Number(value);
}

export interface Account {
	credential: { apiKey: string; region?: string; baseUrl?: string };
	/** Whose keys may be created. */
	ownerId: number | undefined;
}

export interface Settings {
	write: boolean;
	certCentral: Account | undefined;
	partner: Account | undefined;
}

/**
 * Reads what is to be tried from the environment.
 *
 * @returns the credentials' fields for each API that has a key, whose keys may be created, and
 *   whether any may
 * @throws {Error} that names the variable and never repeats its value
 */
export function readSettings(env: Environment): Settings {
	const certCentralKey = read(env, NAMES.certCentralKey);
	const region = read(env, NAMES.certCentralRegion) ?? 'us';
	const certCentralUrl = read(env, NAMES.certCentralUrl);
	const partnerKey = read(env, NAMES.partnerKey);
	const partnerUrl = read(env, NAMES.partnerUrl);
	const write = read(env, NAMES.write);

	if (!['us', 'eu', 'custom'].includes(region)) {
		throw new Error(`${NAMES.certCentralRegion} is none of us, eu, custom`);
	}
	// A URL that is not used would leave its owner believing that it was.
	if ((region === 'custom') !== (certCentralUrl !== undefined)) {
		throw new Error(
			`${NAMES.certCentralUrl} goes with ${NAMES.certCentralRegion}=custom: set both or none`,
		);
	}
	if (write !== undefined && !['yes', 'no'].includes(write)) {
		throw new Error(`${NAMES.write} is neither yes nor no`);
	}
	return {
		write: write === 'yes',
		certCentral:
			certCentralKey === undefined
				? undefined
				: {
						credential: { apiKey: certCentralKey, region, baseUrl: certCentralUrl ?? '' },
						ownerId: readId(env, NAMES.certCentralUser),
					},
		partner:
			partnerKey === undefined
				? undefined
				: {
						credential: {
							apiKey: partnerKey,
							...(partnerUrl === undefined ? {} : { baseUrl: partnerUrl }),
						},
						ownerId: readId(env, NAMES.partnerAccount),
					},
	};
}

/** The keys in the environment, which must not be printed. */
export function keysIn(env: Environment): string[] {
	return [NAMES.certCentralKey, NAMES.partnerKey].flatMap((name) => read(env, name) ?? []);
}
