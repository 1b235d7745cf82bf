import { record } from '../../support/read.mts';
import type { Lab } from '../lab.mts';
import { until } from '../wait.mts';
import { itemsOf, type Client, type StoredCredential } from './client.mts';
import { bound, type WorkflowNode } from './workflows.mts';

export const TRIGGER = 'DigiCert Trigger';
/** A poll comes once a minute at the latest; the machine may be busy. */
export const PATIENCE_MS = 300_000;

/** A DigiCert Trigger on user API keys. @param seconds of each minute at which it polls */
export function trigger(
	credential: StoredCredential,
	parameters: Record<string, unknown>,
	// n8n refuses a time that comes more than once a minute, but takes several times.
	seconds = [0, 10, 20, 30, 40, 50],
): WorkflowNode {
	const item = seconds.map((second) => ({
		mode: 'custom',
		cronExpression: `${second} * * * * *`,
	}));
	return {
		...{ name: TRIGGER, type: 'n8n-nodes-digicert.digiCertTrigger', typeVersion: 1 },
		parameters: { pollTimes: { item }, watch: 'userApiKeys', filters: {}, ...parameters },
		credentials: bound([credential]),
	};
}

/** Waits until n8n has read the list of keys so many times more. */
export async function morePolls({ sandbox }: Lab, count: number): Promise<void> {
	const polls = () => sandbox.requests({ route: 'GET /key' }).length;
	const wanted = polls() + count;
	await until(`${count} polls`, () => (polls() >= wanted ? true : undefined), PATIENCE_MS);
}

/** An event that the trigger reported, and in which execution. */
export interface Reported {
	execution: string;
	event: unknown;
	key: Record<string, unknown>;
	detectedAt: unknown;
	eventId: unknown;
}

/** All that the trigger of a workflow has reported, oldest first. */
export async function reportedBy(client: Client, workflow: { id: string }): Promise<Reported[]> {
	const reported: Reported[] = [];
	for (const { id } of (await client.executionsOf(workflow)).reverse()) {
		const execution = await client.finished(id);
		if (execution?.status !== 'success') continue;
		for (const { event, key, detected_at, event_id } of itemsOf(execution, TRIGGER)) {
			const rest = { detectedAt: detected_at, eventId: event_id };
			reported.push({ execution: id, event, key: record(key), ...rest });
		}
	}
	return reported;
}
