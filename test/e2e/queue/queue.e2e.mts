import { expect } from '@playwright/test';

import { list, parse, record } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import type { N8nProcess } from '../n8n/start.mts';
import * as flows from '../n8n/workflows.mts';
import { until } from '../wait.mts';
import type { Cluster } from './cluster.mts';
import { countKeys, creator, post, ready, sendAll } from './load.mts';

const CALLS = 500;
/** When the disturbance comes: this many callers have their answer. */
const DISTURB_AFTER = 100;

interface Scenario {
	/** As the page shows it. */
	title: string;
	/** Part of the keys' names, and the webhook's path. */
	name: string;
	/** How long DigiCert takes to answer, so that creations are under way at the disturbance. */
	replyDelayMs: number;
	/** Whether each key has to reach its caller. */
	delivers: boolean;
	disturb?: (cluster: Cluster) => Promise<void> | undefined;
}

const SCENARIOS: Scenario[] = [
	{ title: 'Nothing happens', name: 'undisturbed', replyDelayMs: 0, delivers: true },
	{
		title: 'A worker is told to end (`SIGTERM`)',
		...{ name: 'ended', replyDelayMs: 1000, delivers: true },
		disturb: ({ workers: [first] }) => first?.stop(),
	},
	{
		title: 'A worker is killed (`SIGKILL`)',
		...{ name: 'killed', replyDelayMs: 1000, delivers: false },
		disturb: ({ workers: [first] }) => first?.process.kill(),
	},
	{
		title: 'Redis is restarted',
		...{ name: 'restarted', replyDelayMs: 1000, delivers: false },
		disturb: ({ restartRedis }) => restartRedis(),
	},
];

/** Executions that a worker says it has started. */
function executionsOn(worker: N8nProcess): number {
	return worker.process.log().match(/Worker started execution/g)?.length ?? 0;
}

/** An audit: IDs of the live keys with such a name that were never used. */
async function audit({ lab, webhookUrl }: Cluster, name: string): Promise<unknown[]> {
	const { client, credentials, sandbox } = lab;
	const listed = flows.digiCert('List', credentials.certCentral, 'userApiKey.getMany', {
		returnAll: true,
		filters: {
			nameContains: '={{ $json.body.name }}',
			status: 'active',
			userId: '={{ $json.body.user }}',
		},
	});
	const never = {
		...{ id: '1', leftValue: '={{ $json.last_used_date ?? "" }}', rightValue: '' },
		operator: { type: 'string', operation: 'empty', singleValue: true },
	};
	const options = { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 };
	const unused = {
		...{ name: 'Never used', type: 'n8n-nodes-base.filter', typeVersion: 2.2 },
		parameters: { conditions: { options, conditions: [never], combinator: 'and' }, options: {} },
	};
	const path = `audit-${name}`;
	const nodes = [flows.webhook(path, 'allEntries'), listed, unused];
	await client.activate(await client.saveWorkflow(flows.workflow('Audit', nodes)));
	const user = sandbox.certCentral.us.users.person;
	const answered = await until('the audit', async () => {
		const { status, text } = await post(`${webhookUrl}/webhook/${path}`, { name, user });
		return status === 200 ? text : undefined;
	});
	return list(parse(answered)).flatMap((item) => record(item).id ?? []);
}

/** Has 500 callers ask for a key by webhook, disturbs that in the middle, and counts. */
async function play(cluster: Cluster, { name, replyDelayMs, disturb }: Scenario) {
	const { lab, workers, webhookUrl } = cluster;
	const { us } = lab.sandbox.certCentral;
	lab.sandbox.reset();
	if (replyDelayMs > 0) {
		const creations = { match: { method: 'POST' }, times: Infinity };
		lab.sandbox.addFault({ when: 'after', action: 'pass', delayMs: replyDelayMs, ...creations });
	}
	const workflow = await creator(lab, name);
	const webhook = `${webhookUrl}/webhook/${name}`;
	await ready(webhook);

	const before = workers.map(executionsOn);
	let disturbed: Promise<void> | undefined;
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
	const counts = await countKeys(calls, lab, workflow);
	return { ...counts, spread, found: await audit(cluster, name) };
}

for (const scenario of SCENARIOS) {
	const title = `${CALLS} creations, ${scenario.name}: no key is lost from sight`;
	test(title, { tag: '@queue' }, async ({ cluster }, info) => {
		await cluster.refill();
		const seen = await play(cluster, scenario);
		const { spread, alive, delivered, named, unseen, found, refused, silent } = seen;
		// Whatever happens, no call makes two keys, and every live key is delivered, named by an error
		// or found by the audit, which finds nothing else.
		expect(seen.doubled).toBe(0);
		expect(new Set(found)).toEqual(new Set(unseen));
		expect(alive).toBe(delivered + named + unseen.length);
		expect(Math.min(...spread)).toBeGreaterThan(0);
		if (scenario.delivers) expect([alive, delivered]).toEqual([CALLS, CALLS]);
		const keys = [alive, delivered, named, unseen.length, found.length];
		const row = [scenario.title, spread.join(' + '), ...keys, refused, silent];
		await info.attach('row', { body: JSON.stringify(row), contentType: 'application/json' });
	});
}
