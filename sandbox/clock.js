'use strict';

/**
 * Makes the sandbox's clock.
 *
 * @param {() => number} now milliseconds since 1970
 * @param {number} skewMs how far the stand-in for DigiCert is ahead of `now`
 * @returns {import('./types').Clock}
 */
function createClock(now, skewMs) {
	const serverNow = () => now() + skewMs;
	return { now, serverNow, serverIso: () => new Date(serverNow()).toISOString() };
}

/**
 * A time as CertCentral writes it in key records and lists (A.4.1, section E): whole seconds with
 * an offset, `2018-08-07T23:27:58+00:00`.
 *
 * @param {string} iso ISO 8601 in UTC
 */
function isoWithOffset(iso) {
	return `${iso.slice(0, 19)}+00:00`;
}

/**
 * A time as User info is documented to write it (A.5.1): `2019-06-21 13:37:00`.
 *
 * @param {string} iso ISO 8601 in UTC
 */
function dateAndTime(iso) {
	return iso.slice(0, 19).replace('T', ' ');
}

/**
 * A time as the partner API writes it (B.2.1): `2025-01-15T10:30:00Z`.
 *
 * @param {string} iso ISO 8601 in UTC
 */
function isoWithZ(iso) {
	return `${iso.slice(0, 19)}Z`;
}

module.exports = { createClock, isoWithOffset, dateAndTime, isoWithZ };
