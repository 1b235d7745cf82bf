import { refusal } from '../errors/failure';
import { isLive } from './keyFacts';
import type { Session } from './session';
import { readSubaccountKey } from './subaccountKeys';
import { factsOfUserKey, isAcmeUrl, listUserKeys, readUserKey } from './userKeys';
import { readUser } from './users';

const ADVICE =
	"This node could not work with DigiCert any more. Use the credential of another key, or turn on the option 'Allow Own Key'. Nothing was changed.";

/**
 * Refuses when a CertCentral key is certainly the one of the credential. DigiCert shows nothing of
 * a key's value, so that is known only when the credential's user has no other live key.
 *
 * @throws DigiCertFailure also when a look-up does not work
 */
export async function requireOtherUserKey(session: Session, id: number): Promise<void> {
	const key = factsOfUserKey(await readUserKey(session, id));
	const me = await readUser(session, 'me');
	if (key.ownerId !== me.id) return;
	const live = (await listUserKeys(session, me.id)).filter(
		(own) => isLive(factsOfUserKey(own)) && !isAcmeUrl(own),
	);
	if (live.length === 1 && live[0]?.id === id) {
		throw refusal(
			'This is the API key of the credential itself',
			`It is the only live key of the credential's user. ${ADVICE}`,
		);
	}
}

/**
 * Refuses when a partner key ends with the same 4 characters as the one of the credential.
 *
 * @throws DigiCertFailure also when the look-up does not work
 */
export async function requireOtherSubaccountKey(session: Session, id: number): Promise<void> {
	const { api_key_last4: last4 } = await readSubaccountKey(session, id);
	if (last4 === session.client.last4) {
		throw refusal(
			'This looks like the API key of the credential itself',
			`Both end with the same 4 characters. ${ADVICE}`,
		);
	}
}
