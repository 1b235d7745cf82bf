import { byId } from '../support/lab.mts';
import { isRecord } from '../support/read.mts';
import { said, UNKNOWN_ID, WRONG_KEY, type Finding, type Step, type Tour } from './tour.mts';

/** What reading found out. */
export interface Read {
	/** The key's user, where it is known. */
	userId?: number | undefined;
	findings: Finding[];
}

/** Field names at the top of the last answer's body. */
function topFields({ answers }: Step): string {
	const fields = [...(answers.at(-1)?.shape.keys() ?? [])];
	return fields.filter((field) => !/[.[]/.test(field)).join(', ') || 'none';
}

/** Most users that are compared to find out whether service users are among them. */
const USERS = 500;

/** Reads what a CertCentral key may read. Nothing is changed. */
export async function readCertCentral({ step }: Tour): Promise<Read> {
	const me = await step('the user of the key', 'user.get', { userId: byId('me'), simplify: false });
	const keys = await step('the list of API keys', 'userApiKey.getMany', { returnAll: true });
	const ids = keys.items.map(({ id }) => id);
	if (ids.length > 0) await step('one API key', 'userApiKey.get', { keyId: byId(ids[0]) });
	const list = { returnAll: false, limit: USERS, simplify: false };
	const people = await step('users', 'user.getMany', list);
	const service = await step('service users', 'serviceUser.getMany', list);
	const refused = { refused: true };
	const unknownUser = await step(
		'a user who does not exist',
		'user.get',
		{ userId: byId(UNKNOWN_ID), simplify: false },
		refused,
	);
	const unknownKey = await step(
		'an API key that does not exist',
		'userApiKey.get',
		{ keyId: byId(UNKNOWN_ID) },
		refused,
	);
	const wrongKey = await step(
		'a made-up API key',
		'user.get',
		{ userId: byId('me'), simplify: false },
		{ apiKey: WRONG_KEY, ...refused },
	);
	const [user] = me.items;
	const roles = Array.isArray(user?.access_roles) ? user.access_roles : undefined;
	const isAdministrator = roles?.some((role) => isRecord(role) && role.id === 1);
	const among = people.items.filter(({ id }) => service.items.some((other) => other.id === id));
	const bothListed = people.ok && service.ok && service.items.length > 0;
	return {
		userId: typeof user?.id === 'number' ? user.id : undefined,
		findings: [
			{
				mark: 'F.1',
				question: "The key's user has the Administrator role",
				answer: roles === undefined ? 'not told' : isAdministrator ? 'yes' : 'no',
			},
			{
				mark: 'F.1',
				question: 'It may list API keys, users',
				answer: `${said(keys)}; ${said(people)}`,
			},
			{ mark: 'F.4', question: 'A user who does not exist', answer: said(unknownUser) },
			{ mark: 'F.4', question: 'An API key that does not exist', answer: said(unknownKey) },
			{ mark: 'F.9', question: 'Fields at the top of GET /key', answer: topFields(keys) },
			{
				mark: 'F.11',
				question: `Service users are among the users (first ${USERS} of each)`,
				answer: !bothListed ? 'cannot be told' : among.length > 0 ? 'yes' : 'no',
			},
			{ mark: 'F.13', question: 'A wrong key', answer: said(wrongKey) },
		],
	};
}

/** Reads what a partner key may read. Nothing is changed. */
export async function readPartner({ step }: Tour): Promise<Read> {
	const keys = await step('the list of API keys', 'subaccountApiKey.getMany', { returnAll: true });
	const ids = keys.items.map(({ id }) => id);
	if (ids.length > 0) await step('one API key', 'subaccountApiKey.get', { keyId: byId(ids[0]) });
	const unknownKey = await step(
		'an API key that does not exist',
		'subaccountApiKey.get',
		{ keyId: byId(UNKNOWN_ID) },
		{ refused: true },
	);
	const wrongKey = await step(
		'a made-up API key',
		'subaccountApiKey.getMany',
		{ returnAll: true },
		{ apiKey: WRONG_KEY, refused: true },
	);
	const lastUse = keys.answers.at(-1)?.shape.get('api_keys[].last_used_date');
	return {
		findings: [
			{ mark: 'F.16', question: 'A wrong key', answer: said(wrongKey) },
			{ mark: 'F.16', question: 'An API key that does not exist', answer: said(unknownKey) },
			{ mark: 'F.16', question: 'Fields of an error', answer: topFields(wrongKey) },
			{ mark: 'F.16', question: 'Fields at the top of GET /api-key', answer: topFields(keys) },
			{
				mark: 'B.2.1',
				question: 'last_used_date in GET /api-key',
				answer: lastUse ?? 'never there',
			},
		],
	};
}
