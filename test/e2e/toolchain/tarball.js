'use strict';

const { mkdirSync } = require('node:fs');
const path = require('node:path');

const { run } = require('../processes');

const ROOT = path.join(__dirname, '..', '..', '..');

/**
 * Packs the built package, as for npm.
 *
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} the tarball's path
 */
async function pack(folder) {
	const printed = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
		cwd: ROOT,
	});
	const [{ filename }] = JSON.parse(printed.slice(printed.indexOf('[')));
	return path.join(folder, filename);
}

/**
 * Installs the tarball where n8n keeps community packages, with the options that n8n uses: no
 * scripts, and without the package's peers.
 *
 * @param {string} tarball
 * @param {string} userFolder what n8n gets as N8N_USER_FOLDER
 */
async function installIn(tarball, userFolder) {
	const cwd = path.join(userFolder, '.n8n', 'nodes');
	mkdirSync(cwd, { recursive: true });
	const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
	await run('npm', ['install', ...options, tarball], { cwd });
}

module.exports = { installIn, pack };
