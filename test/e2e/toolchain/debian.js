'use strict';

const { cpSync, existsSync, mkdirSync, readdirSync } = require('node:fs');
const path = require('node:path');

const { run } = require('../processes');
const { say } = require('../report');
const { cached } = require('./cache');

/**
 * @typedef {object} Program
 * @property {string} command path of the program
 * @property {NodeJS.ProcessEnv} env an environment in which it finds its libraries
 * @property {string} [folder] where it was unpacked, if it was
 */

/** @param {string} folder @param {RegExp} pattern @returns {string[]} */
function find(folder, pattern) {
	return readdirSync(folder, { recursive: true })
		.map((file) => path.join(folder, String(file)))
		.filter((file) => pattern.test(file));
}

/**
 * A server of this machine, or else one out of Debian's packages, which are unpacked into the
 * cache: nothing is installed, so no service of Debian's starts and no root is needed.
 *
 * @param {string} name of the cache's folder
 * @param {string[]} packages of Debian
 * @param {string[]} places where the program is when it is installed
 * @param {RegExp} pattern its path within the packages
 * @returns {Promise<Program>}
 * @throws {Error} when there is neither
 */
async function debianProgram(name, packages, places, pattern) {
	const installed = places.find((place) => existsSync(place));
	if (installed !== undefined) return { command: installed, env: process.env };

	const folder = await cached(name, async (unfinished) => {
		say(`fetching Debian's ${packages.join(', ')}`);
		const archives = path.join(unfinished, 'archives');
		mkdirSync(path.join(archives, 'partial'), { recursive: true });
		const options = [
			`Dir::Cache::archives=${archives}`,
			'Debug::NoLocking=1',
			'APT::Sandbox::User=',
		];
		await run('apt-get', [
			...options.flatMap((option) => ['-o', option]),
			...['install', '--yes', '--download-only', '--no-install-recommends', ...packages],
		]);
		for (const archive of find(archives, /\.deb$/)) {
			await run('dpkg', ['--extract', archive, unfinished]);
		}
	});
	const [command] = find(folder, pattern);
	if (command === undefined) throw new Error(`${packages.join(', ')} hold no ${pattern}`);
	const libraries = find(folder, /\.so(\.\d+)*$/).map((file) => path.dirname(file));
	const LD_LIBRARY_PATH = [...new Set(libraries), process.env.LD_LIBRARY_PATH]
		.filter(Boolean)
		.join(':');
	return { command, env: { ...process.env, LD_LIBRARY_PATH }, folder };
}

/**
 * The same program in another place, for a user who may not read the cache.
 *
 * @param {Program} program
 * @param {string} place
 * @returns {Program} the program itself when it was not unpacked
 */
function copyOf(program, place) {
	const { command, env, folder } = program;
	if (folder === undefined) return program;
	cpSync(folder, place, { recursive: true, verbatimSymlinks: true });
	return {
		command: command.replace(folder, place),
		env: { ...env, LD_LIBRARY_PATH: env.LD_LIBRARY_PATH?.replaceAll(folder, place) },
	};
}

module.exports = { copyOf, debianProgram };
