import { request } from 'undici';

import { freePort, LOOPBACK, start, type Process } from '../processes.mts';
import type { InstalledN8n } from '../toolchain/n8n.mts';
import { until } from '../wait.mts';

/** Migrations of a fresh database, on a busy machine. */
const READY_MS = 600_000;
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

export interface N8nProcess {
	url: string;
	process: Process;
	stop: () => Promise<void>;
}

export interface N8nOptions {
	userFolder: string;
	/** 'start' when left out. */
	command?: 'start' | 'worker' | 'webhook';
	/** Of the command. */
	args?: string[];
	/** Over the usual settings. */
	env?: NodeJS.ProcessEnv;
}

async function answersOk(url: string): Promise<true | undefined> {
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
 * @throws {Error} with its log when it does not get ready
 */
export async function startN8n(
	installed: InstalledN8n,
	{ userFolder, command = 'start', args = [], env = {} }: N8nOptions,
): Promise<N8nProcess> {
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
		if (!n8n.alive()) throw new Error(`n8n ${command} ended`);
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
