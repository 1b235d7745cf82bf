'use strict';

const { request } = require('undici');

const { say } = require('../../report');
const { until } = require('../../wait');
const { countKeys } = require('./counts');
const { sendAll } = require('./load');
const { audit, selfService } = require('./workflows');

/**
 * @typedef {import('./cluster').Cluster} Cluster
 * @typedef {import('../../n8n/start').N8nProcess} N8nProcess
 *
 * @typedef {object} Scenario
 * @property {string} title as the page shows it
 * @property {string} name part of the keys' names, and the webhook's path
 * @property {number} [replyDelayMs] how long DigiCert takes to answer, so that creations are under
 *   way when the disturbance comes
 * @property {boolean} delivers whether each key has to reach its caller
 * @property {(cluster: Cluster) => Promise<void>} [disturb]
 *
 * @typedef {import('./counts').Counts & { spread: number[], found: number[] }} Seen counts, the
 *   executions on each worker, and the ids that the audit found
 */

const CALLS = 500;
/** When the disturbance comes: this many callers have their answer. */
const DISTURB_AFTER = 100;

/** @type {Scenario[]} */
const scenarios = [
	{ title: 'Nothing happens', name: 'undisturbed', delivers: true },
	{
		title: 'A worker is told to end (`SIGTERM`)',
		name: 'ended',
		delivers: true,
		replyDelayMs: 1000,
		async disturb({ workers: [first] }) {
			say('  ending a worker');
			await first?.stop();
		},
	},
	{
		title: 'A worker is killed (`SIGKILL`)',
		name: 'killed',
		delivers: false,
		replyDelayMs: 1000,
		async disturb({ workers: [first] }) {
			say('  killing a worker');
			await first?.process.kill();
		},
	},
	{
		title: 'Redis is restarted',
		name: 'restarted',
		delivers: false,
		replyDelayMs: 1000,
		async disturb({ redis }) {
			say('  restarting Redis');
			await redis.restart();
		},
	},
];

/** Executions that a worker says it has started. @param {N8nProcess} worker */
function executionsOn(worker) {
	return worker.process.log().match(/Worker started execution/g)?.length ?? 0;
}

/** @param {string} url @param {object} body */
async function post(url, body) {
	const headers = { 'content-type': 'application/json' };
	const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(body) });
	const text = await answer.body.text();
	return { status: answer.statusCode, text };
}

/**
 * Runs the audit workflow for the keys of a scenario.
 *
 * @param {Cluster} cluster
 * @param {string} name
 * @returns {Promise<number[]>} ids of the keys that it found
 */
async function runAudit({ lab, webhookUrl }, name) {
	const path = `audit-${name}`;
	await audit(lab, path);
	const user = lab.sandbox.certCentral.us.users.person;
	const text = await until('the audit', async () => {
		const answer = await post(`${webhookUrl}/webhook/${path}`, { name, user });
		return answer.status === 200 ? answer.text : undefined;
	});
	const items = /** @type {Array<{ id?: number }>} */ (JSON.parse(text));
	return items.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/**
 * Has 500 callers ask for a key by webhook, disturbs that in the middle, and counts.
 *
 * @param {Cluster} cluster with two workers
 * @param {Scenario} scenario
 * @returns {Promise<Seen>}
 */
async function play(cluster, { name, replyDelayMs, disturb }) {
	const { lab, workers, webhookUrl } = cluster;
	const { us } = lab.sandbox.certCentral;
	lab.sandbox.reset();
	if (replyDelayMs !== undefined) {
		const creations = { match: { method: 'POST' }, times: Infinity };
		lab.sandbox.addFault({ when: 'after', action: 'pass', delayMs: replyDelayMs, ...creations });
	}
	const workflow = await selfService(lab, name);
	const webhook = `${webhookUrl}/webhook/${name}`;
	await until('the webhook', async () => {
		const probe = await request(webhook, { method: 'GET' });
		const text = await probe.body.text();
		// It is asked for with the wrong method, so that nothing runs.
		return /Did you mean to make a POST request/i.test(text) ? true : undefined;
	});

	const before = workers.map(executionsOn);
	/** @type {Promise<void> | undefined} */
	let disturbed;
	const calls = await sendAll({
		webhook,
		tryUrl: `${us.baseUrl}/user/me`,
		user: us.users.person,
		names: Array.from({ length: CALLS }, (_, i) => `${name} ${i}`),
		onAnswer(answered) {
			if (answered === DISTURB_AFTER) disturbed = disturb?.(cluster);
		},
	});
	await disturbed;
	const spread = workers.map((worker, i) => executionsOn(worker) - (before[i] ?? 0));
	const counts = await countKeys({ calls, lab, workflow });
	const seen = { ...counts, spread, found: await runAudit(cluster, name) };
	say(`  ${JSON.stringify(seen)}`);
	return seen;
}

module.exports = { CALLS, play, scenarios };
