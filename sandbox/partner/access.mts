import { ApiError } from '../errors.mts';
import type { KeyRecord } from '../keyring.mts';
import type { PartnerState } from './seed.mts';

/**
 * The refusal of a wrong key. Its status and body are guesses (digicert-api.md F.16); 403 is the
 * only error that the partner pages name at all (B.1).
 */
export function invalidKey(): ApiError {
	return forbidden('The API key is not valid.');
}

function forbidden(message: string): ApiError {
	return new ApiError(403, 'forbidden', message);
}

/**
 * Refuses a subaccount's key where only a parent's will do (digicert-api.md B.1).
 *
 * @throws ApiError 403
 */
export function requireParent(partner: PartnerState, key: KeyRecord): void {
	if (partner.accounts.get(key.ownerId)?.parentId !== undefined) {
		throw forbidden('Only a parent account may do this.');
	}
}

/**
 * Whether a key reaches an account: a parent's reaches its own and its subaccounts, a subaccount's
 * only its own (digicert-api.md B.1).
 */
export function reaches(partner: PartnerState, key: KeyRecord, accountId: number): boolean {
	return key.ownerId === accountId || isSubaccountOf(partner, accountId, key.ownerId);
}

function isSubaccountOf(partner: PartnerState, accountId: number, parentId: number): boolean {
	return partner.accounts.get(accountId)?.parentId === parentId;
}

/**
 * Refuses to make a key for anything but a subaccount of the caller (digicert-api.md B.2.3). That
 * the parent's own account is refused (F.18), that an unrelated one gives 403, and that an unknown
 * one gives 404 (F.20), are guesses.
 *
 * @throws ApiError 403 or 404
 */
export function requireOwnSubaccount(
	partner: PartnerState,
	key: KeyRecord,
	accountId: number,
): void {
	requireParent(partner, key);
	if (!partner.accounts.has(accountId)) {
		throw new ApiError(404, 'not_found', `There is no account ${accountId}.`);
	}
	if (!isSubaccountOf(partner, accountId, key.ownerId)) {
		throw forbidden('The account is not a subaccount of yours.');
	}
}

/**
 * The key of this id, if the caller reaches it.
 *
 * @throws ApiError 403 for a key of an unrelated account (digicert-api.md B.2.2, B.2.4); 404 for
 *   an unknown one, which is a guess (F.16)
 */
export function requireReachableKey(
	partner: PartnerState,
	caller: KeyRecord,
	id: number,
): KeyRecord {
	const key = partner.keys.get(id);
	if (!key) throw new ApiError(404, 'not_found', `There is no API key ${id}.`);
	if (!reaches(partner, caller, key.ownerId)) {
		throw forbidden('The API key belongs to another account.');
	}
	return key;
}
