'use strict';

const { chmodSync, chownSync, mkdirSync, readdirSync } = require('node:fs');
const path = require('node:path');

const { run, start } = require('../processes');
const { freePort, LOOPBACK } = require('../ports');
const { copyOf, debianProgram } = require('../toolchain/debian');
const { until } = require('../wait');
const { listens } = require('./redis');

const INSTALLED = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; this user owns nothing else. */
const NOBODY = 65_534;

/** @returns {string[]} where Debian puts it, newest version first */
function places() {
	try {
		const versions = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
		return versions.map((version) => path.join(INSTALLED, version, 'bin', 'postgres'));
	} catch {
		// None is installed.
		return [];
	}
}

/**
 * A PostgreSQL with a database of its own.
 *
 * @param {string} folder for its data; made
 */
async function startPostgres(folder) {
	const program = await debianProgram(
		'postgresql',
		['postgresql'],
		places(),
		/postgresql\/\d+\/bin\/postgres$/,
	);
	const asRoot = process.getuid?.() === 0;
	const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
	mkdirSync(folder, { recursive: true });
	const { command, env } = asRoot ? copyOf(program, `${folder}-program`) : program;
	if (asRoot) {
		chmodSync(path.dirname(folder), 0o711);
		chownSync(folder, NOBODY, NOBODY);
	}
	const data = path.join(folder, 'data');
	const options = { env, cwd: folder, ...user };
	const initdb = path.join(path.dirname(command), 'initdb');
	const flags = ['--username', 'n8n', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'];
	await run(initdb, ['--pgdata', data, ...flags], options);

	const port = await freePort();
	const args = ['-D', data, '-p', String(port), '-h', LOOPBACK, '-k', folder, '-F'];
	// SIGINT: it ends the sessions that are open, and then itself.
	const postgres = start(command, args, { ...options, endSignal: 'SIGINT' });
	await until('PostgreSQL', async () => await listens(port), 30_000);
	return { port, user: 'n8n', database: 'postgres', stop: postgres.stop };
}

module.exports = { startPostgres };
