import type { INodeListSearchResult } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import { plainType } from '../../support/agents.mts';
import { PACKAGE_NAME } from '../../support/engine.mts';
import { ALWAYS, answering, credentialFor, nodeOf, useLab } from '../../support/lab.mts';
import { textLike, textWith } from '../../support/matchers.mts';
import { LoadOptionsContext, Workflow } from '../../support/n8n.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at, present } from '../../support/read.mts';

const lab = useLab({ rateLimits: [], seedUsers: 60 });
shortenPauses();

/** Asks a picker as the editor does. */
async function pick(
	method: string,
	credential: object = {},
	filter?: string,
	token?: INodeListSearchResult['paginationToken'],
	operation = 'create',
): Promise<INodeListSearchResult> {
	const resource = method.startsWith('searchSubaccount') ? 'subaccountApiKey' : 'userApiKey';
	const { type, fields } = credentialFor(resource, lab.sandbox);
	const { credentials, nodeTypes } = lab.engine;
	const node = nodeOf('DigiCert', `${PACKAGE_NAME}.digiCert`, {
		parameters: { resource, operation },
		credentials: { [type]: await credentials.store(type, { ...fields, ...credential }) },
	});
	const json = { nodes: [node], connections: {} };
	const workflow = new Workflow({ ...json, active: false, nodeTypes });
	const additionalData = lab.engine.additionalData(json);
	const context = new LoadOptionsContext(
		workflow,
		node,
		{ ...additionalData, currentNodeParameters: node.parameters },
		'parameters',
	);
	const { methods } = plainType(nodeTypes.getByName(node.type));
	return await present(methods?.listSearch?.[method]).call(context, filter, token);
}

describe('users', () => {
	test('come page by page: people first, then service users', async () => {
		const pages: INodeListSearchResult['results'][] = [];
		let token: INodeListSearchResult['paginationToken'];
		do {
			const page = await pick('searchUsers', {}, undefined, token);
			pages.push(page.results);
			token = page.paginationToken;
		} while (token !== undefined);

		expect(pages.map(({ length }) => length)).toEqual([50, 13]);
		expect(pages[0]?.[0]).toEqual({
			name: 'Ada Archer (ada.archer@example.com, 125039)',
			value: '125039',
		});
		expect(pages[1]?.[10]?.name).toContain('1538858, service user)');
	});

	test('go on with service users where a page of them ended', async () => {
		const body = { users: [{ id: 7, username: 'robot' }], page: { total: 51 } };
		lab.fault(answering(200, body));
		const page = await pick('searchUsers', {}, undefined, '/user/api-only 50');
		expect(page.results).toEqual([{ name: 'robot (robot, 7, service user)', value: '7' }]);
		expect(page.paginationToken).toBeUndefined();
		expect(lab.sandbox.requests()).toMatchObject([
			{ path: '/user/api-only', query: { offset: '50' } },
		]);
	});

	test("are searched by DigiCert's own search", async () => {
		const { results } = await pick('searchUsers', {}, ' ada ');
		expect(results.map(({ value }) => value)).toContain('125039');
		expect(at(lab.sandbox.requests(), 0).query).toMatchObject({ 'filters[search]': '%ada' });
	});

	test('are found by their ID, at which that search does not look', async () => {
		const { serviceUser } = lab.sandbox.certCentral.us.users;
		const { results } = await pick('searchUsers', {}, ` ${serviceUser}`);
		expect(results).toEqual([{ name: textWith(`, ${serviceUser})`), value: String(serviceUser) }]);
		const nobody = await pick('searchUsers', {}, '404');
		expect(nobody.results).toEqual([]);
		expect(lab.sandbox.requests().at(-1)?.query).toMatchObject({ 'filters[search]': '%404' });
	});

	test('are people only when the list of service users is refused, and that is said', async () => {
		lab.fault(answering(403, { errors: [{ code: 'access_denied', message: 'No.' }] }), {
			...{ match: { path: '/user/api-only' }, ...ALWAYS },
		});
		const { results, paginationToken } = await pick('searchUsers', {}, 'ada');
		expect(at(results, 0).value).toBe('125039');
		expect(results.at(-1)).toEqual({
			name: textWith('No service users are shown. DigiCert refused this call'),
			value: '',
		});
		expect(paginationToken).toBeUndefined();
		await expect(pick('searchUsers', {}, 'nobody')).rejects.toThrow('DigiCert refused this call');
	});

	test('without a name show what DigiCert tells of them', async () => {
		const users = [{ id: 7 }, { id: 8, username: 'robot' }];
		lab.fault(answering(200, { users }));
		const { results } = await pick('searchUsers');
		expect(at(lab.sandbox.requests(), 0).query).not.toHaveProperty(['filters[search]']);
		expect(results.map(({ name }) => name)).toEqual(['User (7)', 'robot (robot, 8)']);
	});
});

describe('subaccounts', () => {
	test('are those with keys, with their number and last use', async () => {
		const { keys } = lab.sandbox.partner;
		await pick('searchSubaccounts', { apiKey: keys.subaccount });
		const { results } = await pick('searchSubaccounts');
		const today = new Date().toISOString().slice(0, 10);
		expect(results).toEqual([
			{ name: `67890 (1 key, last used ${today})`, value: '67890' },
			{ name: `67891 (2 keys, last used ${today})`, value: '67891' },
			{ name: '67892 (1 key, never used)', value: '67892' },
		]);
	});

	test('show the latest use of all their keys', async () => {
		const used = (id: number, last_used_date: string) => ({ id, account_id: 1, last_used_date });
		const keys = [used(11, '2026-01-02T00:00:00Z'), used(12, '2026-03-04T00:00:00Z')];
		lab.fault(answering(200, { api_keys: [...keys, used(13, '2025-01-02T00:00:00Z')] }));
		const { results } = await pick('searchSubaccounts');
		expect(results).toEqual([{ name: '1 (3 keys, last used 2026-03-04)', value: '1' }]);
	});

	test('are found by ID and by the name of a key', async () => {
		const find = async (filter: string) =>
			(await pick('searchSubaccounts', {}, filter)).results.map(({ value }) => value);
		expect(await find('67892')).toEqual(['67892']);
		expect(await find('second')).toEqual(['67892']);
		expect(await find('nobody')).toEqual([]);
	});

	test('are left out when DigiCert does not tell whose a key is', async () => {
		const body = { api_keys: [{ id: 1 }] };
		lab.fault(answering(200, body));
		expect(await pick('searchSubaccounts')).toEqual({ results: [] });
	});
});

describe('keys', () => {
	test('of CertCentral show what tells them apart, the newest live one first, no ACME URLs', async () => {
		const { results } = await pick('searchUserKeys');
		const names = results.map(({ name }) => name);
		expect(names[0]).toBe('Standard user (186, created 2024-03-01, never used, Chloe Castle)');
		expect(names.at(-1)).toMatch(
			/^Former integration \(\d+, revoked, created [-\d]{10}, never used, Ben Brook\)$/,
		);
		expect(names.join()).not.toContain('ACME');
	});

	test.each([
		['reactivate', true, false],
		['rotate', false, false],
		['revoke', false, false],
		['update', false, true],
	])('for %s: switched-off ones first %p, last %p', async (operation, first, last) => {
		const { results } = await pick('searchUserKeys', {}, undefined, undefined, operation);
		const isOff = (item?: { name: string | number | boolean }) =>
			String(item?.name).includes('revoked');
		expect([isOff(results[0]), isOff(results.at(-1))]).toEqual([first, last]);
	});

	test('of the same name come newest first, and page by page', async () => {
		const keyOf = (i: number) => ({
			id: i + 1,
			name: 'Deploy',
			status: 'active',
			create_date: i === 0 ? 'x' : `2026-01-0${1 + (i % 9)}T00:00:00Z`,
			user: { id: 5 },
		});
		const body = { api_keys: Array.from({ length: 120 }, (_, i) => keyOf(i)) };
		const reply = { status: 200, body };
		lab.sandbox.addFault({ when: 'before', action: 'reply', reply, times: 3 });
		const items: INodeListSearchResult['results'] = [];
		let token: INodeListSearchResult['paginationToken'];
		do {
			const page: INodeListSearchResult = await pick('searchUserKeys', {}, 'deploy', token);
			expect(page.results.length).toBeLessThanOrEqual(50);
			items.push(...page.results);
			token = page.paginationToken;
		} while (token !== undefined);
		expect(new Set(items.map(({ value }) => value)).size).toBe(120);
		expect(items[0]?.name).toBe('Deploy (117, created 2026-01-09, never used, user 5)');
		expect(items.at(-1)?.name).toBe('Deploy (1, never used, user 5)');
	});

	test('of an unnamed user show its ID', async () => {
		const body = { api_keys: [{ id: 1, name: 'A', status: 'active', user: { id: 5 } }] };
		lab.fault(answering(200, body));
		const { results } = await pick('searchUserKeys');
		expect(results).toEqual([{ name: 'A (1, never used, user 5)', value: '1' }]);
	});

	test('whose last use cannot be read do not pass for unused', async () => {
		const body = { api_keys: [{ id: 1, name: 'A', status: 'active', last_used_date: 'x' }] };
		lab.fault(answering(200, body));
		const { results } = await pick('searchUserKeys');
		expect(results[0]?.name).toContain('last use unknown');
	});

	test('of the partner API show their last 4 characters as well', async () => {
		const { results } = await pick('searchSubaccountKeys', {}, 'retired');
		expect(results).toEqual([{ name: textLike(/^Retired/), value: '12349' }]);
		const shown =
			/^Retired key \(12349, inactive, ends with (\w{4}), created 2025-01-15, never used, account 67891\)$/;
		const [, last4] = shown.exec(String(results[0]?.name)) ?? [];
		expect((await pick('searchSubaccountKeys', {}, last4)).results).toEqual(results);
		expect(
			(await pick('searchSubaccountKeys', {}, 'retired', undefined, 'deactivate')).results,
		).toEqual([]);
	});
});

describe.each(['searchUsers', 'searchSubaccounts', 'searchUserKeys', 'searchSubaccountKeys'])(
	'%s',
	(method) => {
		test("a refused look-up shows DigiCert's reason, never an empty list", async () => {
			await expect(pick(method, { apiKey: 'wrong' })).rejects.toMatchObject({
				name: 'NodeApiError',
				message: textLike(/^DigiCert (did not accept|refused this call)/),
				description: textWith('HTTP 403'),
			});
		});

		test('a broken one as well', async () => {
			lab.fault(faults.htmlBefore(200), ALWAYS);
			await expect(pick(method)).rejects.toThrow('DigiCert did not give a usable answer');
		});

		test('a credential that cannot be used is told', async () => {
			await expect(pick(method, { baseUrl: 'ftp://x' })).rejects.toThrow(
				"'Base URL' does not start",
			);
		});
	},
);
