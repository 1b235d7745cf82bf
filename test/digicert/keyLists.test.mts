import { keyListOfServiceUser } from '../../dist/nodes/DigiCert/digicert/keyLists.js';
import type { ApiRequest } from '../../dist/nodes/DigiCert/http/client.js';
import { createPacer } from '../../dist/nodes/DigiCert/http/pacing.js';
import { openSession } from '../../dist/nodes/DigiCert/http/repeating.js';
import { toReply } from '../../dist/nodes/DigiCert/http/exchange.js';

type Client = Parameters<typeof openSession>[0];

const never = () => false;

/** A session with a DigiCert that gives these answers, by path. */
function sessionWith(answers: Record<string, object>) {
	const unused = (): never => {
		throw new Error('Not used here');
	};
	const client: Client = {
		...{ api: { credential: 'digiCertCertCentralApi', header: '', baseUrlOf: unused } },
		...{ timeoutMs: 1000, last4: '', quote: String, enduring: unused, withKey: unused },
		send: ({ path }: ApiRequest) =>
			Promise.resolve(
				toReply({ statusCode: 200, headers: {}, body: JSON.stringify(answers[path]) }, 'GET', ''),
			),
	};
	return openSession(client, createPacer(0), never);
}

const email = 'robot@example.com';
const user = { id: 7, email };
const key = { id: 1, user };

test.each([
	['all that there is', { users: [user], page: { total: 1 } }, { api_keys: [key] }, true],
	['too few service users', { users: [user, 0], page: { total: 2 } }, { api_keys: [key] }, false],
	[
		'a total that is too large to be exact',
		{ users: [user], page: { total: 1e16 } },
		{ api_keys: [key] },
		false,
	],
	['a total as text', { users: [user], page: { total: '2' } }, { api_keys: [key] }, false],
	[
		'too few keys, by a total as text',
		{ users: [user] },
		{ api_keys: [key], page: { total: '2' } },
		false,
	],
	['too few keys', { users: [user] }, { api_keys: [key], page: { total: 2 } }, false],
])('keys of a service user, with %s', async (_, users, keys, isComplete) => {
	const session = sessionWith({ '/user/api-only': users, '/key': keys });
	const listing = await keyListOfServiceUser(email).read(session);
	expect(listing.entries.map(({ id }) => id)).toEqual([1]);
	expect(listing.isComplete).toBe(isComplete);
});

test('the lists of many service users with one address are read one at a time', async () => {
	const users = [user, { ...user, id: 8 }, { ...user, id: 9 }];
	const session = sessionWith({ '/user/api-only': { users }, '/key': { api_keys: [key] } });
	let [now, most] = [0, 0];
	const counting: Client = {
		...session.client,
		async send(request) {
			most = Math.max(most, ++now);
			const exchange = await session.client.send(request);
			now -= 1;
			return exchange;
		},
	};
	const { entries } = await keyListOfServiceUser(email).read(
		openSession(counting, createPacer(0), never),
	);
	expect([entries.map(({ id }) => id), most]).toEqual([[1], 1]);
});
