'use strict';

const { faults } = require('../../sandbox/index.mts');
const { byId, cancelWhen, useLab } = require('../support/lab');

const lab = useLab();

const APIS = /** @type {const} */ ([
	['CertCentral', 'createUserKeys', 'userApiKey', '/user/me', 'x-dc-devkey'],
	['the partner API', 'createSubaccountKeys', 'subaccountApiKey', '/api-key', 'x-partner-apikey'],
]);

describe.each(APIS)('%s', (_, create, resource, path, header) => {
	const item = (/** @type {string} */ name) => ({
		user: lab.sandbox.certCentral.us.users.administrator,
		account: lab.sandbox.partner.accounts.subaccount,
		name,
	});
	const run = async (parameters = {}) => {
		const execution = await lab[create]([item('A')], {
			parameters: { options: { verify: true }, ...parameters },
		});
		return execution.items('DigiCert')[0].json;
	};
	const trials = () => lab.sandbox.requests({ method: 'GET' });

	test('a new key that works is verified, with itself and nothing else', async () => {
		const json = await run();
		expect(json).toMatchObject({ verified: true, api_key: expect.any(String) });
		expect(json).not.toHaveProperty('verification');
		expect(trials()).toHaveLength(1);
		expect(trials()[0]).toMatchObject({ path, keyLast4: json.api_key.slice(-4) });
		expect(trials()[0].headerNames.filter((name) => name === header)).toHaveLength(1);
	});

	test('without the option nothing is tried', async () => {
		const json = await run({ options: {} });
		expect(json).not.toHaveProperty('verified');
		expect(trials()).toEqual([]);
	});

	test('a successor is verified as well', async () => {
		const { id } = await run({ options: {} });
		const execution = await lab.perform(resource, 'rotate', [{}], {
			parameters: { keyId: byId(id), name: '', options: { verify: true } },
		});
		expect(execution.items('DigiCert')[0].json).toMatchObject({ verified: true, replaces: { id } });
	});

	test.each([
		['refused', () => faults.forbiddenInvalidKey(), 'HTTP 403', 'This need not mean'],
		['broken', () => faults.dropBefore(), 'The connection broke', 'Whether the key works'],
		['an HTML page', () => faults.htmlAfter(200), 'an HTML page', 'Whether the key works'],
		['a 500', () => faults.errorBefore(500), 'HTTP 500', 'Whether the key works'],
		['a 401', () => faults.unauthorized(), 'HTTP 401', 'Whether the key works'],
		['late', () => faults.slow(3000), 'No whole answer came within 300 ms', 'Whether the key'],
		[
			'a 200 with an error',
			() => ({
				when: /** @type {const} */ ('before'),
				action: /** @type {const} */ ('reply'),
				reply: { status: 200, body: { errors: [{ message: 'invalid key' }] } },
			}),
			'HTTP 200',
			'Whether the key works',
		],
	])(
		'a trial that is %s: the key is put out, with what was said',
		async (__, fault, found, meaning) => {
			lab.sandbox.addFault({ ...fault(), match: { method: 'GET' }, times: Infinity });
			const json = await run({
				options: { verify: true, timeout: found.includes('300 ms') ? 300 : 30_000 },
			});
			expect(json).toMatchObject({ verified: false, api_key: expect.any(String) });
			expect(json.verification).toContain(`GET ${path} with the new key: `);
			expect(json.verification).toContain(found);
			expect(json.verification).toContain(meaning);
			expect(lab.created()[0].status).toBe('active');
		},
	);

	test('a trial does not outlive a cancelled execution', async () => {
		lab.sandbox.addFault({ ...faults.slow(20_000), match: { method: 'GET' }, times: Infinity });
		const execution = await lab[create]([item('A')], {
			parameters: { options: { verify: true } },
			onStart: cancelWhen(() => trials().length >= 1),
		});
		expect(execution.items('DigiCert')).toEqual([]);
		expect(lab.created()[0].status).not.toBe('active');
	});

	test('a redirect of the trial is not followed', async () => {
		const location = `${lab.sandbox.origin}/elsewhere`;
		lab.sandbox.addFault({ ...faults.redirect(location, 302), match: { method: 'GET' } });
		expect((await run()).verified).toBe(false);
		expect(lab.sandbox.requests({ path: '/elsewhere' })).toEqual([]);
	});
});

test('a key that may not make this call is not called broken', async () => {
	const { administrator } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys([{ user: administrator, name: 'A' }], {
		parameters: { restrictedToRoleId: 100, options: { verify: true } },
	});
	const [{ json }] = execution.items('DigiCert');
	expect(json.verified).toBe(false);
	expect(json.verification).toContain('one with a role restriction may be refused this call');
});
