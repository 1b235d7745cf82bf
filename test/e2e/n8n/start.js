'use strict';

const { request } = require('undici');

const { start } = require('../processes');
const { freePort, LOOPBACK } = require('../ports');
const { until } = require('../wait');

/** Migrations of a fresh database, on a busy machine. */
const READY_MS = 180_000;
const PROBE_MS = 5000;

/** Loopback only, nothing sent to n8n's makers, no dialogs that stand in a browser's way. */
const QUIET = {
	N8N_HOST: LOOPBACK,
	N8N_LISTEN_ADDRESS: LOOPBACK,
	N8N_SECURE_COOKIE: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	N8N_ENCRYPTION_KEY: 'only-for-this-test',
	GENERIC_TIMEZONE: 'UTC',
};

/**
 * @typedef {object} N8nProcess
 * @property {string} url
 * @property {import('../processes').Process} process
 * @property {() => Promise<void>} stop
 */

/** @param {string} url @returns {Promise<true | undefined>} */
async function answersOk(url) {
	try {
		const { statusCode, body } = await request(url, {
			headersTimeout: PROBE_MS,
			bodyTimeout: PROBE_MS,
		});
		await body.dump();
		return statusCode === 200 ? true : undefined;
	} catch {
		// Nobody listens yet; until() has the limit.
		return undefined;
	}
}

/**
 * Starts an n8n on a free loopback port and waits until it is ready.
 *
 * @param {import('../toolchain/n8n').InstalledN8n} installed
 * @param {object} options
 * @param {string} options.userFolder
 * @param {'start' | 'worker' | 'webhook'} [options.command]
 * @param {string[]} [options.args] of the command
 * @param {NodeJS.ProcessEnv} [options.env] over the usual settings
 * @returns {Promise<N8nProcess>}
 * @throws {Error} with its log when it does not get ready
 */
async function startN8n(installed, { userFolder, command = 'start', args = [], env = {} }) {
	const port = String(await freePort());
	const url = `http://${LOOPBACK}:${port}`;
	const n8n = start(installed.command, [command, ...args], {
		cwd: userFolder,
		env: {
			...installed.node.env,
			...QUIET,
			...installed.env,
			N8N_USER_FOLDER: userFolder,
			N8N_PORT: port,
			// A worker's address for the readiness probe.
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: port,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			...env,
		},
	});
	const ready = async () => {
		if (!n8n.alive()) throw new Error(`n8n ${command} ended:\n${n8n.log()}`);
		return await answersOk(`${url}/healthz/readiness`);
	};
	try {
		await until(`n8n ${command}`, ready, READY_MS);
	} catch (error) {
		await n8n.stop();
		throw new Error(n8n.log().slice(-3000), { cause: error });
	}
	return { url, process: n8n, stop: n8n.stop };
}

module.exports = { startN8n };
