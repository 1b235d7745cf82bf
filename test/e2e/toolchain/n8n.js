'use strict';

const { writeFileSync } = require('node:fs');
const path = require('node:path');

const { run } = require('../processes');
const { say } = require('../report');
const { cached } = require('./cache');
const { nodeOf } = require('./node');

/**
 * @typedef {object} InstalledN8n
 * @property {string} version
 * @property {import('./node').NodeJs} node that it runs on
 * @property {string} command path of its command
 * @property {NodeJS.ProcessEnv} env settings that this version needs
 */

/**
 * Installs an n8n, unless the cache has it. Install scripts stay off, because some of them want to
 * compile what nobody needs here (a Kafka client); only the database driver is built.
 *
 * @param {import('./releases').Release} release
 * @returns {Promise<InstalledN8n>}
 */
async function installN8n({ version, node: major, overrides, env = {} }) {
	const node = await nodeOf(major);
	const folder = await cached(`n8n-${version}`, async (cwd) => {
		const host = { private: true, dependencies: { n8n: version }, overrides };
		writeFileSync(path.join(cwd, 'package.json'), JSON.stringify(host));
		const options = { cwd, env: node.env };
		say(`installing n8n ${version} on Node ${node.version}: 3 GB, about 5 minutes`);
		await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], options);
		say('building its database driver: about 2 minutes');
		await run('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], options);
	});
	return { version, node, env, command: path.join(folder, 'node_modules', '.bin', 'n8n') };
}

module.exports = { installN8n };
