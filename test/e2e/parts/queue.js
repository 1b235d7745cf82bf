'use strict';

const assert = require('node:assert/strict');

const { request } = require('undici');

const { say } = require('../report');
const { installN8n } = require('../toolchain/n8n');
const { until } = require('../wait');
const { openCluster } = require('./queue/cluster');
const { countKeys } = require('./queue/counts');
const { sendAll } = require('./queue/load');
const { audit, selfService } = require('./queue/workflows');

/** @typedef {import('./queue/cluster').Cluster} Cluster */

const CALLS = 500;
/** Slow enough that many creations are under way at any time. */
const REPLY_DELAY_MS = 1000;
/** When the disturbance comes: this many callers have their key. */
const DISTURB_AFTER = 100;

/** Executions that a worker says it has started. @param {import('../n8n/start').N8nProcess} worker */
function executionsOn(worker) {
	return worker.process.log().match(/Worker started execution/g)?.length ?? 0;
}

/** @param {Cluster} cluster @param {string} prefix @param {(answered: number) => void} [onAnswer] */
async function askForKeys({ lab, webhookUrl }, prefix, onAnswer) {
	const { us } = lab.sandbox.certCentral;
	return await sendAll({
		webhook: `${webhookUrl}/webhook/key`,
		tryUrl: `${us.baseUrl}/user/me`,
		user: us.users.person,
		names: Array.from({ length: CALLS }, (_, i) => `${prefix} ${i}`),
		onAnswer,
	});
}

/** What the audit finds. @param {Cluster} cluster @param {string} name @returns {Promise<number[]>} ids */
async function runAudit({ lab, webhookUrl }, name) {
	const { body } = await request(`${webhookUrl}/webhook/audit`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ name, user: lab.sandbox.certCentral.us.users.person }),
	});
	const items = /** @type {Array<{ id?: number }>} */ (await body.json());
	return items.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/**
 * Sends a load, disturbs it in the middle, and counts.
 *
 * @param {Cluster} cluster
 * @param {{ id: string }} workflow
 * @param {string} prefix of the keys' names
 * @param {() => Promise<void>} [disturb]
 */
async function measure(cluster, workflow, prefix, disturb = async () => {}) {
	const { lab, workers } = cluster;
	const before = workers.map(executionsOn);
	/** @type {Promise<void>} */
	let disturbed = Promise.resolve();
	const calls = await askForKeys(cluster, prefix, (answered) => {
		if (answered === DISTURB_AFTER) disturbed = disturb();
	});
	await disturbed;
	const counts = await countKeys({ calls, lab, workflow });
	const spread = workers.map((worker, i) => executionsOn(worker) - (before[i] ?? 0));
	say(`  ${JSON.stringify({ ...counts, spread })}`);
	return { ...counts, spread, found: await runAudit(cluster, prefix) };
}

/** Every live key is delivered, named or found by the audit. @param {Awaited<ReturnType<typeof measure>>} seen */
function expectNoKeyLost({ alive, delivered, named, unseen, found }) {
	assert.equal(alive, delivered + named + unseen.length);
	assert.deepEqual([...found].sort(), [...unseen].sort());
}

/**
 * The package in n8n's queue mode: a load alone, with a worker killed, with Redis restarted.
 *
 * @param {import('../report').Report} report
 * @param {import('../toolchain/releases').Release} release
 */
async function runQueue({ check }, release) {
	const cluster = await openCluster(await installN8n(release));
	const { lab, workers, redis } = cluster;
	try {
		const workflow = await selfService(lab);
		await audit(lab);
		await until('the webhooks', async () => {
			const { statusCode, body } = await request(`${cluster.webhookUrl}/webhook/audit`, {
				method: 'POST',
			});
			await body.dump();
			return statusCode === 404 ? undefined : true;
		});

		await check(`${CALLS} creations, spread over the workers, each delivered once`, async () => {
			const seen = await measure(cluster, workflow, 'undisturbed');
			assert.deepEqual([seen.alive, seen.delivered, seen.doubled], [CALLS, CALLS, 0]);
			assert.ok(seen.spread.every((count) => count > 0));
			expectNoKeyLost(seen);
		});

		lab.sandbox.addFault({
			when: 'after',
			action: 'pass',
			delayMs: REPLY_DELAY_MS,
			match: { method: 'POST' },
			times: Infinity,
		});
		await check('a worker killed: what is not delivered is found by the audit', async () => {
			const seen = await measure(cluster, workflow, 'killed', async () => {
				say('  killing a worker');
				await workers[0]?.process.kill();
			});
			expectNoKeyLost(seen);
		});
		await cluster.addWorker();
		await check('Redis restarted: what is not delivered is found by the audit', async () => {
			const seen = await measure(cluster, workflow, 'restarted', async () => {
				say('  restarting Redis');
				await redis.restart();
			});
			expectNoKeyLost(seen);
		});
	} finally {
		await cluster.close();
	}
}

module.exports = { runQueue };
