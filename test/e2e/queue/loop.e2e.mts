import path from 'node:path';

import { expect } from '@playwright/test';
import { request } from 'undici';

import { startCustodia, type Custodia } from '../examples/custodia.mts';
import { test } from '../fixtures.mts';
import type { Lab } from '../lab.mts';
import type { StoredWorkflow } from '../n8n/client.mts';
import { handOverTo, keptWorkflow, subWorkflow } from '../n8n/subWorkflows.mts';
import { morePolls, reportedBy, trigger } from '../n8n/trigger.mts';
import * as flows from '../n8n/workflows.mts';
import { say } from '../processes.mts';
import { until } from '../wait.mts';
import type { Cluster } from './cluster.mts';
import { creator, namedIn, ready, sendAll, type Call } from './load.mts';

const CALLS = 500;
/** After so many answers a worker is killed, and after so many Redis is restarted. */
const KILL_AFTER = 100;
const RESTART_AFTER = 250;
const HOUR_MS = 3_600_000;
/** Folder of the store. */
const SHELF = 'loop';

/** The alert: a trigger that reports keys which nobody uses, with what exists taken as known. */
async function alert(lab: Lab): Promise<StoredWorkflow> {
	const workflow = await lab.client.saveWorkflow(
		keptWorkflow('Alert', [
			trigger(lab.credentials.certCentral, { events: ['neverUsed'], neverUsedHours: 1 }),
			flows.setField('told', 'string', '={{ $json.key.id }}'),
		]),
	);
	await lab.client.activate(workflow);
	await morePolls(lab, 1);
	return workflow;
}

/** Has 500 callers ask, and disturbs that. */
async function disturbed(
	{ lab, webhookUrl, workers: [first], restartRedis }: Cluster,
	name: string,
	restarts: boolean,
): Promise<Call[]> {
	// Creations are under way when the worker is killed.
	const slow = { when: 'after', action: 'pass', delayMs: 1000 } as const;
	lab.sandbox.addFault({ ...slow, match: { method: 'POST' }, times: Infinity });
	const webhook = `${webhookUrl}/webhook/${name}`;
	await ready(webhook);
	let restarted: Promise<void> | undefined;
	const { us } = lab.sandbox.certCentral;
	const calls = await sendAll({
		...{ webhook, tryUrl: `${us.baseUrl}/user/me`, user: us.users.person },
		names: Array.from({ length: CALLS }, (_, i) => `${name}-${i}`),
		onAnswer(answered) {
			if (answered % 100 === 0) say(`${answered} of ${CALLS} callers have their answer`);
			if (answered === KILL_AFTER) void first?.process.kill();
			if (answered === RESTART_AFTER && restarts) restarted = restartRedis();
		},
	});
	await restarted;
	return calls;
}

interface Accounts {
	calls: Call[];
	creation: StoredWorkflow;
	alerting: StoredWorkflow;
	/** IDs of the keys whose value somebody has, who has used it. */
	held: Set<number | undefined>;
	/** How the first column is called. */
	as: string;
}

/** Lets an hour go by for the keys, and counts what became of them. */
async function settle({ lab }: Cluster, { calls, creation, alerting, held, as }: Accounts) {
	const { sandbox, client } = lab;
	const names = new Set(calls.map(({ name }) => name));
	const live = () => sandbox.keys((key) => names.has(key.name) && key.status === 'active');
	const createdAt = new Date(Date.now() - 2 * HOUR_MS).toISOString();
	for (const { id } of live()) sandbox.console.us.changeKey(id, { createdAt });
	await morePolls(lab, 3);
	const ids = live().map(({ id }) => id);
	const told = await namedIn(client, creation);
	const unheld = ids.filter((id) => !held.has(id));
	const rest = unheld.filter((id) => !told.has(id));
	// An execution of the alert may still be on its way.
	const reports = await until('the alert', async () => {
		const found = await reportedBy(client, alerting);
		const all = new Set(found.map(({ key }) => key.id));
		return rest.every((id) => all.has(id)) ? found : undefined;
	}).catch(async () => await reportedBy(client, alerting));
	const reported = new Set(reports.map(({ key }) => key.id));
	const left = rest.filter((id) => !reported.has(id));
	const counts = {
		alive: ids.length,
		held: ids.length - unheld.length,
		named: unheld.length - rest.length,
		reported: rest.length - left.length,
	};
	const noAnswer = calls.filter(({ status }) => status === undefined).length;
	const ok = calls.filter(({ status }) => status === 200).length;
	say(
		`${counts.alive} alive = ${counts.held} ${as} + ${counts.named} named by an error + ${counts.reported} reported by the trigger, ${left.length} left; of ${CALLS} callers ${ok} with success, ${noAnswer} without an answer`,
	);
	expect(left).toEqual([]);
	expect(counts.alive).toBe(counts.held + counts.named + counts.reported);
	// Nobody is alarmed by a key that is in use, nor twice by the same.
	expect(ids.filter((id) => reported.has(id) && held.has(id))).toEqual([]);
	expect(reports).toHaveLength(reported.size);
	return counts;
}

// Two thousand and more requests through n8n, on a machine that may be busy.
test.setTimeout(3_600_000);

test.beforeEach(async ({ cluster: { lab, refill } }) => {
	await refill();
	lab.sandbox.reset();
});

test(
	'500 creations, a worker is killed: the trigger names each key that nobody holds',
	{ tag: '@queue' },
	async ({ cluster }) => {
		const { lab } = cluster;
		const alerting = await alert(lab);
		const creation = await creator(lab, 'alerted');
		const calls = await disturbed(cluster, 'alerted', false);
		const got = calls.flatMap(({ key }) => key ?? []);
		const held = new Set(got.map((key) => lab.sandbox.holds(key)?.id));
		await settle(cluster, { calls, creation, alerting, held, as: 'delivered' });
		await lab.client.deactivate(alerting);
	},
);

/** A sub-workflow that stores a key in Custodia, reads it back, and tries what it has read. */
async function store({ client, data }: Lab, { address, header }: Custodia) {
	const credential = await client.storeCredential('httpHeaderAuth', 'Custodia', header);
	const url = `=${address}/${SHELF}/{{ $('Key').first().json.name }}`;
	const secret = (name: string, more: object) => ({
		...flows.httpRequest(name, {
			...{ url, authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' },
			...more,
		}),
		credentials: flows.bound([credential]),
	});
	const jsonBody = "={{ JSON.stringify({ type: 'simple', value: $json.api_key }) }}";
	const child = await client.saveWorkflow(
		subWorkflow('Store', [
			secret('Write', { method: 'PUT', sendBody: true, specifyBody: 'json', jsonBody }),
			secret('Read', {}),
			flows.httpRequest('Try', {
				url: `${data.certCentral.baseUrl}/user/me`,
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'X-DC-DEVKEY', value: '={{ $json.value }}' }] },
			}),
			flows.setField('stored', 'string', `=${SHELF}/{{ $('Key').first().json.name }}`),
		]),
	);
	await client.activate(child);
	return child;
}

test(
	'500 hand-overs to Custodia, a worker is killed, Redis restarted: stored and working, or told',
	{ tag: '@queue' },
	async ({ cluster }) => {
		const { lab } = cluster;
		const custodia = await startCustodia(path.join(lab.userFolder, 'custodia'));
		try {
			const shelf = await request(`${custodia.address}/${SHELF}/`, {
				method: 'POST',
				headers: { [custodia.header.name]: custodia.header.value },
			});
			await shelf.body.dump();
			const child = await store(lab, custodia);
			const alerting = await alert(lab);
			const creation = await creator(lab, 'handed', handOverTo(child));
			const calls = await disturbed(cluster, 'handed', true);

			const values: string[] = [];
			for (const { name } of calls) {
				const value = await custodia.read(`${SHELF}/${name}`);
				if (value !== undefined) values.push(value);
			}
			const stored = values.map((value) => lab.sandbox.holds(value));
			const dead = stored.filter((key) => key?.status !== 'active');
			say(`${values.length} in the store, ${values.length - dead.length} of them work`);
			const told = await namedIn(lab.client, creation);
			expect(dead.filter((key) => !told.has(key?.id))).toEqual([]);
			// In the store and tried; what was not tried any more is reported like what was not stored.
			const held = new Set(stored.filter((key) => key?.lastUsedAt).map((key) => key?.id));
			await settle(cluster, { calls, creation, alerting, held, as: 'in the store' });
			await lab.client.deactivate(alerting);
		} finally {
			await custodia.stop();
		}
	},
);
