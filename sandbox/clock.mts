export interface Clock {
	/** The sandbox's own time in milliseconds since 1970, as the injected clock gives it. */
	now: () => number;
	/** The time that the stand-in for DigiCert believes in: `now` plus the skew. */
	serverNow: () => number;
	/** `serverNow` as ISO 8601. */
	serverIso: () => string;
}

/**
 * Makes the sandbox's clock.
 *
 * @param now milliseconds since 1970
 * @param skewMs how far the stand-in for DigiCert is ahead of `now`
 */
export function createClock(now: () => number, skewMs: number): Clock {
	const serverNow = () => now() + skewMs;
	return { now, serverNow, serverIso: () => new Date(serverNow()).toISOString() };
}

/**
 * A time as CertCentral writes it in key records and lists (digicert-api.md A.4.1, E): whole
 * seconds with an offset, `2018-08-07T23:27:58+00:00`.
 *
 * @param iso ISO 8601 in UTC
 */
export function isoWithOffset(iso: string): string {
	return `${iso.slice(0, 19)}+00:00`;
}

/** A time as User info is documented to write it (digicert-api.md A.5.1): `2019-06-21 13:37:00`. */
export function dateAndTime(iso: string): string {
	return iso.slice(0, 19).replace('T', ' ');
}

/** A time as the partner API writes it (digicert-api.md B.2.1): `2025-01-15T10:30:00Z`. */
export function isoWithZ(iso: string): string {
	return `${iso.slice(0, 19)}Z`;
}
