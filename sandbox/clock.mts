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
