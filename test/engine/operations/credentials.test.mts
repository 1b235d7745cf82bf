import { createServer } from 'node:http';

import type { IHttpRequestOptions } from 'n8n-workflow';

import { faults, startSandbox } from '../../../sandbox/index.mts';
import { testCredential } from '../../support/credentialTest.mts';
import { answering, useLab } from '../../support/lab.mts';
import { listen } from '../../support/ports.mts';
import { isRecord } from '../../support/read.mts';
import { textWith } from '../../support/matchers.mts';

const lab = useLab();

const certCentral = (fields: Record<string, unknown>) =>
	testCredential(lab.engine, 'digiCertCertCentralApi', { region: 'custom', ...fields });
const partner = (fields: Record<string, unknown>) =>
	testCredential(lab.engine, 'digiCertPartnerApi', fields);

describe('DigiCert CertCentral API: the credential test', () => {
	test('accepts a right key with GET /user/me, and blanks around the URL, as the node does', async () => {
		const { keys, baseUrl } = lab.sandbox.certCentral.us;
		expect(await certCentral({ apiKey: keys.administrator, baseUrl: ` ${baseUrl} ` })).toEqual({
			status: 'OK',
			message: 'Connection successful!',
		});
		expect(lab.sandbox.requests()).toMatchObject([
			{ method: 'GET', path: '/user/me', status: 200 },
		]);
	});

	test.each([
		['a wrong key', () => ({ apiKey: 'wrong', baseUrl: lab.sandbox.certCentral.us.baseUrl })],
		[
			'a key of the other region',
			() => ({
				apiKey: lab.sandbox.certCentral.us.keys.administrator,
				baseUrl: lab.sandbox.certCentral.eu.baseUrl,
			}),
		],
	])('refuses %s with advice', async (_, fields) => {
		expect(await certCentral(fields())).toEqual({
			status: 'Error',
			message: textWith('belongs to the chosen region'),
		});
	});

	test.each([
		['orders', 'may not even read its own user'],
		['limited', 'The first role of its user is Limited User'],
	])('says of a key of %s what it may do', async (kind, text) => {
		const { keys, baseUrl } = lab.sandbox.certCentral.us;
		if (kind === 'limited') {
			const body = { id: 5, access_roles: [{ id: 2, name: 'Limited User' }] };
			lab.fault(answering(200, body));
		} else {
			const body = { errors: [{ code: 'access_denied|missing_permission', message: 'No.' }] };
			lab.fault(answering(403, body));
		}
		expect(await certCentral({ apiKey: keys.administrator, baseUrl })).toEqual({
			status: 'Error',
			message: textWith(text),
		});
	});

	test.each([
		[200, '<html>Welcome</html>'],
		[404, { errors: [{ code: 'not_found|route', message: 'Not found.' }] }],
		[502, '<html>Bad gateway</html>'],
		[403, ''],
		[200, {}],
	])('takes %p with %p for no success', async (status, body) => {
		const { keys, baseUrl } = lab.sandbox.certCentral.us;
		lab.fault(answering(status, body));
		expect(await certCentral({ apiKey: keys.administrator, baseUrl })).toEqual({
			status: 'Error',
			message: textWith('Check the region or the Base URL'),
		});
	});

	test.each(['http://digicert.example/services/v2', 'https://me:pass@digicert.example/'])(
		'sends nothing to %s',
		async (baseUrl) => {
			const { status, message } = await certCentral({ apiKey: 'abc', baseUrl });
			expect(status).toBe('Error');
			expect(message).toMatch(/^'Base URL' (does not start with https|carries a user name)/);
		},
	);

	test('does not follow a redirect with the key', async () => {
		const { keys, baseUrl } = lab.sandbox.certCentral.us;
		const elsewhere = await startSandbox();
		lab.sandbox.addFault(faults.redirect(`${elsewhere.certCentral.us.baseUrl}/user/me`));
		const { status } = await certCentral({ apiKey: keys.administrator, baseUrl });
		expect(status).toBe('Error');
		expect(elsewhere.requests()).toEqual([]);
		await elsewhere.close();
	});

	test.each([
		['us', 'www.digicert.com:443'],
		['eu', 'certcentral.digicert.eu:443'],
	])('the region %s leads to %s, for the test and for the node', async (region, host) => {
		// A proxy that lets nothing through sees where a request wants to go.
		const wanted: string[] = [];
		const proxy = createServer();
		proxy.on('connect', ({ url }, socket) => {
			wanted.push(String(url));
			socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
		});
		process.env.HTTPS_PROXY = await listen(proxy);
		try {
			await testCredential(lab.engine, 'digiCertCertCentralApi', { apiKey: 'abc', region });
			await lab.createUserKeys([{ user: 1, name: 'A' }], { credential: { region } });
			expect(wanted).toEqual([host, host]);
		} finally {
			delete process.env.HTTPS_PROXY;
			proxy.close();
		}
	});
});

describe('DigiCert Partner Subscriptions API: the credential test', () => {
	test.each(['parent', 'subaccount'] as const)(
		'accepts the key of a %s with GET /api-key, and blanks around the URL',
		async (name) => {
			const { keys, baseUrl } = lab.sandbox.partner;
			const fields = { apiKey: keys[name], baseUrl: ` ${baseUrl} ` };
			expect(await partner(fields)).toMatchObject({ status: 'OK' });
			expect(lab.sandbox.requests()).toMatchObject([{ method: 'GET', path: '/api-key' }]);
		},
	);

	test.each([
		[404, 'There is no Partner Subscriptions API at the Base URL'],
		[503, 'Test again in a few minutes'],
	])('says of a %p what it may mean', async (status, text) => {
		const { keys, baseUrl } = lab.sandbox.partner;
		lab.fault(answering(status, {}));
		expect(await partner({ apiKey: keys.parent, baseUrl })).toEqual({
			status: 'Error',
			message: textWith(text),
		});
	});

	test('refuses a CertCentral key with advice', async () => {
		const apiKey = lab.sandbox.certCentral.us.keys.administrator;
		expect(await partner({ apiKey, baseUrl: lab.sandbox.partner.baseUrl })).toEqual({
			status: 'Error',
			message: textWith('not a CertCentral one'),
		});
	});
});

describe("in n8n's HTTP Request node", () => {
	/** n8n hands over requests of its own form, and of that of its older helper. */
	const isRequest = (request: object): request is IHttpRequestOptions => isRecord(request);

	/** What a credential makes of a request. */
	async function authenticate(type: string, apiKey: string, request: object): Promise<object> {
		if (!isRequest(request)) throw new Error('This is no request');
		return await lab.engine.credentials.authenticate({ apiKey }, type, request);
	}

	test.each([
		['digiCertCertCentralApi', 'X-DC-DEVKEY'],
		['digiCertPartnerApi', 'X-PARTNER-APIKEY'],
	])('%s sets %s, for both forms of a request', async (type, header) => {
		for (const target of [{ url: 'https://a.example/x' }, { uri: 'https://a.example/x' }]) {
			const headers = { Accept: 'application/json' };
			expect(await authenticate(type, 'abc', { ...target, headers })).toEqual({
				...target,
				headers: { ...headers, [header]: 'abc' },
				// n8n hands headers on to any host that a redirect names.
				disableFollowRedirect: true,
				maxRedirects: 0,
				followRedirect: false,
				followAllRedirects: false,
			});
			expect(headers).toEqual({ Accept: 'application/json' });
		}
	});

	test('a key that cannot be a header is refused', async () => {
		await expect(
			authenticate('digiCertPartnerApi', 'abc\ndef', { url: 'https://a.example/x' }),
		).rejects.toThrow("'API Key' holds a space");
	});

	test.each([
		{ url: 'http://a.example/x' },
		{ uri: 'http://a.example/x' },
		{ url: '/x' },
		{ baseURL: 'https://b.example', url: 'http://a.example/x' },
	])('%p gets no key', async (target) => {
		await expect(authenticate('digiCertPartnerApi', 'abc', target)).rejects.toThrow(/^'URL' /);
	});
});
