import type { KeyFacts } from './keyFacts';
import { textOf } from './keyFacts';
import type { KeyList } from './keyList';
import type { Session } from './session';
import { factsOfSubaccountKey, listSubaccountKeys, setSubaccountKeyStatus } from './subaccountKeys';
import { factsOfUserKey, isAcmeUrl, listUserKeys, setUserKeyStatus } from './userKeys';
import { listUsers } from './users';

/** API keys of CertCentral; ACME directory URLs, which DigiCert lists among them, are none. */
async function readUserKeys(session: Session, userId?: number): Promise<KeyFacts[]> {
	const keys = await listUserKeys(session, userId);
	return keys.filter((key) => !isAcmeUrl(key)).map(factsOfUserKey);
}

async function revoke(session: Session, id: number): Promise<void> {
	await setUserKeyStatus(session, id, 'revoked');
}

/** The API keys of a CertCentral user (digicert-api.md A.4.1). */
export function keyListOfUser(userId: number): KeyList {
	return {
		source: `user ${userId}`,
		read: async (session) => await readUserKeys(session, userId),
		// That DigiCert limits the list to the user is documented by a sample only.
		isOwn: ({ ownerId }) => ownerId === undefined || ownerId === userId,
		switchOff: revoke,
	};
}

/** The API keys of the service users with an email address (digicert-api.md A.5.3, A.4.1). */
export function keyListOfServiceUser(email: string): KeyList {
	return {
		source: `service user ${email}`,
		async read(session) {
			const query = { 'filters[search]': email };
			const users = await listUsers(session, '/user/api-only', query, Infinity);
			// What DigiCert's search matches is not documented in full, so it is checked.
			const owners = users
				.filter((user) => textOf(user.email).toLowerCase() === email.toLowerCase())
				.map(({ id }) => id);
			const keys = await readUserKeys(session);
			return keys.filter(({ ownerId }) => ownerId !== undefined && owners.includes(ownerId));
		},
		isOwn: () => true,
		switchOff: revoke,
	};
}

/**
 * The API keys of a partner's subaccount. DigiCert lists those of all accounts together
 * (digicert-api.md B.2.1).
 *
 * @param accountId undefined for an account whose ID is not known; then any key may be its own
 */
export function keyListOfSubaccount(accountId?: number): KeyList {
	return {
		source: 'partner',
		read: async (session) => (await listSubaccountKeys(session)).map(factsOfSubaccountKey),
		isOwn: ({ ownerId }) =>
			ownerId === undefined || accountId === undefined || ownerId === accountId,
		async switchOff(session, id) {
			await setSubaccountKeyStatus(session, id, 'inactive');
		},
	};
}
