import { expect } from '@playwright/test';

import { at, present, text } from '../../support/read.mts';
import { test } from '../fixtures.mts';
import { loggedKeys, openLab, type Lab } from '../lab.mts';
import { errorOf, itemsOf, type StoredWorkflow } from '../n8n/client.mts';
import { keptWorkflow } from '../n8n/subWorkflows.mts';
import { morePolls, PATIENCE_MS, reportedBy, trigger, TRIGGER } from '../n8n/trigger.mts';
import { setField } from '../n8n/workflows.mts';
import { say } from '../processes.mts';
import { installN8n } from '../toolchain/n8n.mts';
import { until } from '../wait.mts';

/** The ways in which n8n keeps a trigger's state. */
const ENGINES = [
	{ engine: 'in-memory', env: {}, durable: false, seconds: undefined },
	{
		engine: 'durable',
		env: {
			N8N_SCHEDULER_ENABLED: 'true',
			N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
			N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
			N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'true',
		},
		durable: true,
		// With several, n8n makes up for those it has missed in its last minute all at once, and each
		// of these polls sees the same state.
		seconds: [0],
	},
];

/** What the tests look at: keys made by hand, polls, and reports. */
function watch(lab: Lab, workflow: StoredWorkflow) {
	const { console, certCentral } = lab.sandbox;
	const reports = async () => await reportedBy(lab.client, workflow);
	return {
		reports,
		ids: async () => (await reports()).map(({ key }) => key.id),
		make: (name: string) => console.us.makeKey({ name, ownerId: certCentral.us.users.person }).id,
		/** Waits until n8n has polled so many times more. */
		polls: async (count: number) => {
			await morePolls(lab, count);
		},
		/** Waits until a key is reported. */
		report: async (id: number) =>
			await until(
				`a report of key ${id}`,
				async () => (await reports()).find(({ key }) => key.id === id),
				PATIENCE_MS,
			),
		/** When n8n asked for the list since a key was made by hand. */
		polledSince: (id: number) => {
			const lines = lab.sandbox.requests();
			const line = lines.findIndex((one) => one.method === 'CONSOLE' && one.createdKeyId === id);
			return lines.slice(line).filter(({ route }) => route === 'GET /key');
		},
	};
}

async function play(lab: Lab, durable: boolean, seconds?: number[]): Promise<void> {
	const { sandbox, credentials, data } = lab;
	const workflow = await lab.client.saveWorkflow(
		keptWorkflow('Watch', [
			trigger(credentials.certCentral, { events: ['created'] }, seconds),
			setField('told', 'string', '={{ $json.key.name }}'),
		]),
	);
	const { reports, ids, make, polls, report, polledSince } = watch(lab, workflow);

	await test.step('Fetch Test Event shows a sample', async () => {
		const execution = present(await lab.client.runByHand(workflow, TRIGGER), 'The execution');
		expect(execution.status).toBe('success');
		const sample = at(itemsOf(execution, TRIGGER), 0);
		expect(sample).toMatchObject({ event: 'created', key: { status: 'active' } });
		expect(text(sample.event_id)).toMatch(/^sample\./);
	});

	const sampled = await reports();
	const told = async () => (await reports()).slice(sampled.length);
	await test.step('the activation reports nothing of what exists', async () => {
		await lab.client.activate(workflow);
		await polls(3);
		expect(await told()).toEqual([]);
	});

	let first = 0;
	await test.step('a key made by hand while n8n is down is reported once', async () => {
		await lab.n8n.stop();
		first = make('While n8n was down');
		await lab.restart();
		await report(first);
		await polls(2);
		expect((await told()).map(({ key }) => key.id)).toEqual([first]);
	});

	let second = 0;
	await test.step('a key made by hand is reported within one poll, once', async () => {
		second = make('By hand');
		const { detectedAt, event, key } = await report(second);
		expect([event, key.name]).toEqual(['created', 'By hand']);
		await polls(2);
		const [next, after] = polledSince(second).map(({ at: time }) => time);
		expect(text(detectedAt) >= text(next)).toBe(true);
		expect(text(detectedAt) < text(after)).toBe(true);
		expect((await told()).map(({ key: { id } }) => id)).toEqual([first, second]);
	});

	let third = 0;
	await test.step('a wrong key: an error with advice, and nothing is forgotten', async () => {
		const own = present(sandbox.holds(data.certCentral.apiKey), 'The admin key').id;
		sandbox.console.us.changeKey(own, { status: 'revoked' });
		third = make('While the key was wrong');
		const failed = await until(
			'a failed poll',
			async () => (await lab.client.executionsOf(workflow)).find((e) => e.status === 'error'),
			PATIENCE_MS,
		);
		const error = errorOf(present(await lab.client.finished(failed.id)));
		expect(text(error.message)).toMatch(/^DigiCert (refused|did not accept) .*API key/);
		expect(text(error.description)).toMatch(/credential/i);
		expect(JSON.stringify(error)).not.toContain(data.certCentral.apiKey);
		sandbox.console.us.changeKey(own, { status: 'active' });
		if (durable) {
			expect(lab.log()).toMatch(/Poll failed; backing off/);
			// n8n would poll again in half an hour; the owner who has put the key right need not wait.
			await lab.client.deactivate(workflow);
			await lab.client.activate(workflow);
		}
		await report(third);
		await polls(2);
		expect((await told()).map(({ key: { id } }) => id)).toEqual([first, second, third]);
	});

	await test.step('a restart soon after a report', async () => {
		await lab.n8n.stop();
		await lab.restart();
		await polls(2);
		const all = await told();
		say(`after a restart soon after a report: ${all.length - 3} repeated`);
		// Without durable cursors, n8n may not have got to the last report: it comes again, as itself.
		expect(await ids()).toEqual(expect.arrayContaining([first, second, third]));
		expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(3);
		expect(all.slice(3).map(({ key: { id } }) => id)).toEqual(durable ? [] : [third]);
	});
	expect(loggedKeys(lab)).toEqual([]);
}

for (const { engine, env, durable, seconds } of ENGINES) {
	test(`the trigger, ${engine}: nothing twice, nothing missed`, async ({ release }) => {
		const lab = await openLab(await installN8n(release), env);
		try {
			await play(lab, durable, seconds);
		} finally {
			await lab.close();
		}
	});
}
