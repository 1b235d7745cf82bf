'use strict';

const path = require('node:path');

const { openLab, temporaryFolder } = require('../../lab');
const { startN8n } = require('../../n8n/start');
const { say } = require('../../report');
const { LOOPBACK } = require('../../ports');
const { startPostgres } = require('../../servers/postgres');
const { startRedis } = require('../../servers/redis');

const WORKERS = 2;
/** Executions that a worker runs at once; n8n's default. */
const CONCURRENCY = 10;

/**
 * n8n in queue mode.
 *
 * @typedef {object} Cluster
 * @property {import('../../lab').Lab} lab with the main process
 * @property {string} webhookUrl of the webhook processor
 * @property {import('../../n8n/start').N8nProcess[]} workers
 * @property {() => Promise<void>} refill puts new workers in the place of those that are gone
 * @property {Awaited<ReturnType<typeof startRedis>>} redis
 * @property {() => Promise<void>} close
 */

/**
 * Starts Redis, PostgreSQL, a main process, two workers and a webhook processor.
 *
 * @param {import('../../toolchain/n8n').InstalledN8n} installed
 * @returns {Promise<Cluster>}
 */
async function openCluster(installed) {
	const { folder, remove } = temporaryFolder();
	/** @type {Array<() => Promise<void>>} */
	const closers = [async () => remove()];
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
			DB_POSTGRESDB_DATABASE: postgres.database,
			DB_POSTGRESDB_USER: postgres.user,
			DB_POSTGRESDB_PASSWORD: '',
			// So that every call is seen to go through the webhook processor.
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		};
		const lab = await openLab(installed, { env });
		closers.push(lab.close);
		const { userFolder } = lab;

		/** @type {import('../../n8n/start').N8nProcess[]} */
		const workers = [];
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
		return { lab, webhookUrl: webhooks.url, workers, refill, redis, close };
	} catch (error) {
		await close();
		throw error;
	}
}

module.exports = { openCluster };
