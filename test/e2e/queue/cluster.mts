import { once } from 'node:events';
import { mkdirSync, chmodSync, chownSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';

import { openLab, temporaryFolder, type Lab } from '../lab.mts';
import { startN8n, type N8nProcess } from '../n8n/start.mts';
import { freePort, LOOPBACK, run, say, start } from '../processes.mts';
import { copyOf, debianProgram } from '../toolchain/debian.mts';
import type { InstalledN8n } from '../toolchain/n8n.mts';
import { until } from '../wait.mts';

const WORKERS = 2;
/** Executions that a worker runs at once; n8n's default. */
const CONCURRENCY = 10;
const POSTGRES = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root; this user owns nothing else. */
const NOBODY = 65_534;

/** n8n in queue mode. */
export interface Cluster {
	/** With the main process. */
	lab: Lab;
	/** Of the webhook processor. */
	webhookUrl: string;
	workers: N8nProcess[];
	/** Puts new workers in the place of those that are gone. */
	refill: () => Promise<void>;
	/** Ends Redis, and starts it again with the same data. */
	restartRedis: () => Promise<void>;
	close: () => Promise<void>;
}

/** Whether somebody listens on a loopback port. */
async function listens(port: number): Promise<true | undefined> {
	const socket = connect(port, LOOPBACK);
	return await once(socket, 'connect')
		.then(
			() => true as const,
			() => undefined,
		)
		.finally(() => socket.destroy());
}

/**
 * A Redis with a data folder of its own, which writes every change to disk at once, as one that
 * holds a queue should.
 */
async function startRedis(folder: string) {
	const { command, env } = await debianProgram(
		'redis',
		['redis-server'],
		['/usr/bin/redis-server'],
		/bin\/redis-server$/,
	);
	const port = await freePort();
	mkdirSync(folder, { recursive: true });
	const launch = async () => {
		const place = ['--port', String(port), '--bind', LOOPBACK, '--dir', folder];
		const safety = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
		const started = start(command, [...place, ...safety], { env });
		await until('Redis', async () => await listens(port));
		return started;
	};
	let redis = await launch();
	return {
		port,
		stop: async () => {
			await redis.stop();
		},
		restart: async () => {
			await redis.stop();
			redis = await launch();
		},
	};
}

/** Where Debian puts PostgreSQL when it is installed, newest version first. */
function postgresPlaces(): string[] {
	try {
		const versions = readdirSync(POSTGRES).sort((a, b) => Number(b) - Number(a));
		return versions.map((version) => path.join(POSTGRES, version, 'bin', 'postgres'));
	} catch {
		// None is installed.
		return [];
	}
}

/** A PostgreSQL with a database of its own. */
async function startPostgres(folder: string) {
	const pattern = /postgresql\/\d+\/bin\/postgres$/;
	const program = await debianProgram('postgresql', ['postgresql'], postgresPlaces(), pattern);
	const asRoot = process.getuid?.() === 0;
	mkdirSync(folder, { recursive: true });
	const { command, env } = asRoot ? copyOf(program, `${folder}-program`) : program;
	if (asRoot) {
		chmodSync(path.dirname(folder), 0o711);
		chownSync(folder, NOBODY, NOBODY);
	}
	const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
	const options = { env, cwd: folder, ...user };
	const data = path.join(folder, 'data');
	const initdb = path.join(path.dirname(command), 'initdb');
	const flags = ['--username', 'n8n', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'];
	await run(initdb, ['--pgdata', data, ...flags], options);

	const port = await freePort();
	const args = ['-D', data, '-p', String(port), '-h', LOOPBACK, '-k', folder, '-F'];
	// SIGINT: it ends the sessions that are open, and then itself.
	const postgres = start(command, args, { ...options, endSignal: 'SIGINT' });
	await until('PostgreSQL', async () => await listens(port));
	return { port, stop: postgres.stop };
}

/** Starts Redis, PostgreSQL, a main process, two workers and a webhook processor. */
export async function openCluster(installed: InstalledN8n): Promise<Cluster> {
	const { folder, remove } = temporaryFolder();
	const closers: (() => Promise<void> | void)[] = [remove];
	const close = async () => {
		for (const end of closers.splice(0).reverse()) await end();
	};
	try {
		say('starting Redis and PostgreSQL');
		const redis = await startRedis(path.join(folder, 'redis'));
		closers.push(redis.stop);
		const postgres = await startPostgres(path.join(folder, 'postgres'));
		closers.push(postgres.stop);
		const env = {
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: LOOPBACK,
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: LOOPBACK,
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: '',
			// So that every call is seen to go through the webhook processor.
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		};
		const lab = await openLab(installed, env);
		closers.push(lab.close);
		const { userFolder } = lab;

		const workers: N8nProcess[] = [];
		const refill = async () => {
			const alive = workers.filter((worker) => worker.process.alive());
			workers.splice(0, workers.length, ...alive);
			while (workers.length < WORKERS) {
				const args = [`--concurrency=${CONCURRENCY}`];
				const worker = await startN8n(installed, { userFolder, command: 'worker', args, env });
				workers.push(worker);
				closers.push(worker.stop);
			}
		};
		await refill();
		const webhooks = await startN8n(installed, { userFolder, command: 'webhook', env });
		closers.push(webhooks.stop);
		say(`queue mode is ready: a main process, ${WORKERS} workers, a webhook processor`);
		return { lab, webhookUrl: webhooks.url, workers, refill, restartRedis: redis.restart, close };
	} catch (error) {
		await close();
		throw error;
	}
}
