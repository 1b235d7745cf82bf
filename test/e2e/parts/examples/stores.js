'use strict';

const assert = require('node:assert/strict');

const { faults } = require('../../../../sandbox/index.mts');
const { itemsOf } = require('../../n8n/client');
const { reports } = require('./bench');

/** @typedef {import('./bench').Bench} Bench */

/** The store's own refusal to write over a secret is what fails. @param {Bench} bench */
async function intoCustodia(bench) {
	const { custodia, sandbox, statuses } = bench;
	const setup = {
		credentials: [bench.headers.custodia],
		replace: { '"build-server"': '"e2e server"' },
	};
	bench.reset();
	assert.deepEqual(reports(await bench.run('store-in-custodia.json', setup)), ['Stored']);
	const { value = '' } = await custodia.read('digicert/e2e%20server');
	assert.equal(sandbox.holds(value)?.status, 'active');
	assert.deepEqual(statuses(), ['active']);

	// As if the key had been revoked and forgotten in the store.
	sandbox.reset();
	assert.deepEqual(reports(await bench.run('store-in-custodia.json', setup)), ['Not stored']);
	assert.deepEqual(statuses(), ['revoked']);
	assert.equal((await custodia.read('digicert/e2e%20server')).value, value);
}

/** @param {Bench} bench */
async function withoutCustodia(bench) {
	bench.reset();
	await bench.custodia.stop();
	const setup = { credentials: [bench.headers.custodia] };
	assert.deepEqual(reports(await bench.run('store-in-custodia.json', setup)), ['Store not ready']);
	assert.equal(bench.sandbox.requests().length, 0);
}

/** @param {Bench} bench */
async function intoVault(bench) {
	const { sandbox, statuses, vault } = bench;
	const setup = { credentials: [bench.headers.vault] };
	bench.reset();
	assert.deepEqual(reports(await bench.run('store-in-vault.json', setup)), ['Stored']);
	const [secret] = vault.secrets.get('digicert/1538858/build-server') ?? [];
	assert.equal(sandbox.holds(String(secret?.api_key))?.status, 'active');

	sandbox.reset();
	assert.deepEqual(reports(await bench.run('store-in-vault.json', setup)), ['Not stored']);
	assert.deepEqual(statuses(), ['revoked']);

	bench.reset();
	vault.addFault({ method: 'POST', when: 'after' });
	assert.deepEqual(reports(await bench.run('store-in-vault.json', setup)), ['Not stored']);
	assert.deepEqual(statuses(), ['revoked']);
}

/** @param {Bench} bench */
async function onboarding(bench) {
	const { sandbox, statuses, vault } = bench;
	const setup = { credentials: [bench.headers.vault] };
	bench.reset();
	assert.deepEqual(reports(await bench.run('onboard-subaccount.json', setup)), ['Stored']);
	assert.deepEqual(statuses(), ['inactive', 'active']);
	const [, key] = sandbox.keys({ seeded: false });
	const [secret] = vault.secrets.get(`digicert/subaccounts/${key.ownerId}`) ?? [];
	assert.equal(sandbox.holds(String(secret?.api_key))?.id, key.id);

	bench.reset();
	vault.addFault({ method: 'POST', when: 'before', status: 503 });
	assert.deepEqual(reports(await bench.run('onboard-subaccount.json', setup)), ['Not stored']);
	assert.deepEqual(statuses(), ['inactive', 'inactive']);
}

/** @param {Bench} bench */
async function rotation(bench) {
	const { sandbox, statuses, vault } = bench;
	const credentials = [bench.headers.vault];
	// Every key that exists is due.
	const due = { credentials, replace: { '"value": 60': '"value": -1' } };
	const rotate = async () => reports(await bench.run('rotate-on-schedule.json', due));
	const held = () => vault.secrets.get('digicert/1538858/build-server')?.at(-1)?.key_id;
	const created = (/** @type {number} */ n) => sandbox.keys({ seeded: false })[n].id;
	const seeded = () => sandbox.keys({ seeded: true }).map(({ status }) => status);

	bench.reset();
	const before = seeded();
	await bench.run('store-in-vault.json', { credentials });
	assert.deepEqual(reports(await bench.run('rotate-on-schedule.json', { credentials })), []);
	assert.deepEqual(await rotate(), ['Rotated']);
	assert.deepEqual(statuses(), ['revoked', 'active']);
	assert.equal(held(), created(1));

	vault.addFault({ method: 'POST', when: 'before', status: 403 });
	assert.deepEqual(await rotate(), ['Not stored']);
	assert.deepEqual(statuses(), ['revoked', 'active', 'revoked']);
	assert.equal(held(), created(1));

	vault.addFault({ method: 'POST', when: 'after' });
	assert.deepEqual(await rotate(), ['Rotated']);
	assert.deepEqual(statuses(), ['revoked', 'revoked', 'revoked', 'active']);
	assert.equal(held(), created(3));
	assert.deepEqual(seeded(), before);
}

/** A report gives n8n's own words for what failed, and no key. @param {Bench} bench */
async function reasons(bench) {
	const { issuedKeys, sandbox, statuses, vault } = bench;
	const credentials = [bench.headers.vault];
	const due = {
		credentials,
		replace: { '"value": 60': '"value": 0', '"value": ""': '"value": "build-server"' },
	};
	/** @param {string} node @param {RegExp} reason @param {() => unknown} addFault @param {string[]} left */
	async function report(node, reason, addFault, left) {
		bench.reset();
		await bench.run('store-in-vault.json', { credentials });
		addFault();
		const execution = await bench.run('rotate-on-schedule.json', due);
		assert.deepEqual(reports(execution), [node]);
		const [{ report: text }] = itemsOf(execution, 'Tell somebody');
		assert.match(text, reason);
		assert.doesNotMatch(text, /undefined|\[object/);
		assert.equal(issuedKeys().filter((key) => text.includes(key)).length, 0);
		assert.deepEqual(statuses(), left);
	}

	const untried = { match: { path: '/user/me' }, times: 3, ...faults.errorBefore(403) };
	const both = ['active', 'active'];
	await report('Old key stays live', /403/, () => sandbox.addFault(untried), both);

	const away = /** @type {const} */ ({ method: 'GET', when: 'before', times: 3 });
	const lost = /** @type {const} */ ({ method: 'POST', when: 'after', then: away });
	await report('Store in doubt', /hold\. \S/, () => vault.addFault(lost), both);

	const refused = /** @type {const} */ ({ method: 'GET', when: 'before', status: 403, times: 3 });
	await report('Store not read', /status 403\.$/, () => vault.addFault(refused), ['active']);
}

/**
 * @param {import('../../report').Report['check']} check
 * @param {Bench} bench
 */
async function checkStores(check, bench) {
	await check('store-in-vault.json, with a stand-in: stored, or revoked', () => intoVault(bench));
	await check('onboard-subaccount.json: stored, or no key stays live', () => onboarding(bench));
	await check('rotate-on-schedule.json: rotated, or the old key stays', () => rotation(bench));
	await check('rotate-on-schedule.json: a report says why, without a key', () => reasons(bench));
	await check('store-in-custodia.json, the real one: stored once', () => intoCustodia(bench));
	await check('store-in-custodia.json: without a store, no key', () => withoutCustodia(bench));
}

module.exports = { checkStores };
