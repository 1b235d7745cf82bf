'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { request } = require('undici');

const { start } = require('../processes');
const { freePort, LOOPBACK } = require('../ports');
const { debianProgram } = require('../toolchain/debian');
const { until } = require('../wait');

const TOKEN = 'a-token-for-tests-only';
/** Debian's own, which has Debian's modules; another may come first in PATH. */
const PYTHON = '/usr/bin/python3';

/** Secrets lie encrypted in a file; a client names itself by a header. */
const configuration = (/** @type {string} */ folder, /** @type {number} */ port) => `
[global]
server_url = http://${LOOPBACK}:${port}
auditlog = ${folder}/audit.log

[store:sqlite]
handler = SqliteStore
dburi = ${folder}/secrets.db
table = secrets

[store:encrypted]
handler = EncryptedOverlay
backing_store = sqlite
master_key = ${folder}/secrets.key
master_enctype = A128CBC-HS256
autogen_master_key = true

[auth:header]
handler = SimpleHeaderAuth
header = X-Custodia-Token
value = ${TOKEN}

[authz:paths]
handler = SimplePathAuthz
paths = /secrets

[/]
handler = Root

[/secrets]
handler = Secrets
store = encrypted
`;

/**
 * Custodia from Debian's packages: a real secret store with a REST API, which writes a secret once.
 *
 * @param {string} folder for its data; made
 */
async function startCustodia(folder) {
	const { command, env } = await debianProgram(
		'custodia',
		['custodia'],
		['/usr/sbin/custodia'],
		/sbin\/custodia$/,
	);
	const port = await freePort();
	mkdirSync(folder, { recursive: true });
	const file = path.join(folder, 'custodia.conf');
	writeFileSync(file, configuration(folder, port));
	// Where its modules are when it was unpacked and not installed.
	const PYTHONPATH = path.resolve(command, '..', '..', 'lib', 'python3', 'dist-packages');
	const custodia = start(PYTHON, [command, file], { cwd: folder, env: { ...env, PYTHONPATH } });
	const address = `http://${LOOPBACK}:${port}/secrets`;
	const headers = { 'x-custodia-token': TOKEN };

	/** @param {string} secret its path @returns {Promise<{ status: number, value?: string }>} */
	async function read(secret) {
		const { statusCode, body } = await request(`${address}/${secret}`, { headers });
		const text = await body.text();
		return { status: statusCode, value: statusCode === 200 ? JSON.parse(text).value : undefined };
	}
	await until('Custodia', async () => {
		if (!custodia.alive()) throw new Error(`Custodia ended:\n${custodia.log()}`);
		return await read('none/none').then(
			() => true,
			// Nobody listens yet; until() has the limit.
			() => undefined,
		);
	});
	return {
		address,
		header: { name: 'X-Custodia-Token', value: TOKEN },
		read,
		stop: async () => await custodia.stop(),
	};
}

module.exports = { startCustodia };
