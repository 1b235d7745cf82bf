import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { request } from 'undici';

import { parse, record, text } from '../../support/read.mts';
import { freePort, LOOPBACK, start } from '../processes.mts';
import { debianProgram } from '../toolchain/debian.mts';
import { until } from '../wait.mts';

const TOKEN = 'a-token-for-tests-only';
/** Debian's own, which has Debian's modules; another may come first in PATH. */
const PYTHON = '/usr/bin/python3';

/** Secrets lie encrypted in a file; a client names itself by a header. */
const configuration = (folder: string, port: number) => `
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

export interface Custodia {
	address: string;
	/** What a client authenticates with. */
	header: { name: string; value: string };
	/** Reads a secret by its path; undefined when there is none. */
	read: (secret: string) => Promise<string | undefined>;
	stop: () => Promise<void>;
}

/**
 * Custodia from Debian's packages: a real secret store with a REST API, which writes a secret once.
 *
 * @param folder for its data; made
 */
export async function startCustodia(folder: string): Promise<Custodia> {
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

	const read = async (secret: string) => {
		const headers = { 'x-custodia-token': TOKEN };
		const { statusCode, body } = await request(`${address}/${secret}`, { headers });
		const answered = await body.text();
		return statusCode === 200 ? text(record(parse(answered)).value) : undefined;
	};
	await until('Custodia', async () => {
		if (!custodia.alive()) throw new Error(`Custodia ended:\n${custodia.log()}`);
		return await read('none/none').then(
			() => true,
			// Nobody listens yet; until() has the limit.
			() => undefined,
		);
	});
	return { address, header: { name: 'X-Custodia-Token', value: TOKEN }, read, stop: custodia.stop };
}
