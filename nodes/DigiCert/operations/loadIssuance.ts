import { refusal } from '../errors/failure';

/** This package's version, as the part of it that n8n loads at its start knows it. */
export const VERSION = '0.2.0';

/**
 * Loads what creates keys, when it is first used: n8n loads the forms of all nodes whenever it
 * starts.
 *
 * @throws DigiCertFailure when it is of another version, because the package was updated on disk
 *   and n8n still runs the old one: the two must not create keys together. Nothing was sent then
 */
export async function loadIssuance() {
	// What is there may not even load beside the old part.
	const issuance = await import('../issuance/issueKeys').catch(() => undefined);
	if (issuance?.VERSION === VERSION) return issuance;
	throw refusal(
		'This package was updated while n8n was running',
		'Restart n8n, so that it loads the new version as a whole. If that does not help, install the package again. Nothing was sent.',
	);
}
