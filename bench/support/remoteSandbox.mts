import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { JournalEntry, KeyRecord, Sandbox, SandboxOptions } from '../../sandbox/index.mts';
import { isRecord, parse } from '../../test/support/read.mts';

/** A fault as the sandbox takes it over HTTP: a preset by name. */
export interface NamedFault {
	readonly preset: string;
	readonly args?: readonly unknown[];
	readonly match?: { method?: string; name?: string };
	readonly times?: number | 'always';
}

interface Guide extends Pick<Sandbox, 'origin' | 'partner'> {
	readonly us: Sandbox['certCentral']['us'];
}

export interface RemoteSandbox extends Omit<Guide, 'origin'> {
	readonly addFaults: (faults: readonly NamedFault[]) => Promise<void>;
	/** Those created since the start or the last reset. */
	readonly keys: () => Promise<KeyRecord[]>;
	readonly requests: () => Promise<JournalEntry[]>;
	readonly reset: () => Promise<void>;
	readonly close: () => Promise<void>;
}

// What our own process sends is taken for what it is.
const isGuide = (answer: unknown): answer is Guide => isRecord(answer) && 'partner' in answer;
const hasKeys = (answer: unknown): answer is { keys: KeyRecord[] } =>
	isRecord(answer) && 'keys' in answer;
const hasRequests = (answer: unknown): answer is { requests: JournalEntry[] } =>
	isRecord(answer) && 'requests' in answer;

/**
 * Starts a sandbox in another process, so that its work counts neither as the node's time nor as
 * its memory, and asks it by its own HTTP endpoints. The rate limit is off when none is given.
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<RemoteSandbox> {
	const child = fork(path.join(import.meta.dirname, 'sandboxProcess.mts'));
	child.send({ rateLimits: [], ...options });
	const messages: unknown[] = await once(child, 'message');
	const [guide] = messages;
	if (!isGuide(guide)) throw new Error('The sandbox did not say where it is');

	const post = async (what: string, body: object = {}): Promise<void> => {
		const answer = await fetch(`${guide.origin}/sandbox/${what}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!answer.ok) throw new Error(await answer.text());
	};
	const get = async <T,>(what: string, is: (answer: unknown) => answer is T): Promise<T> => {
		const answer = parse(await (await fetch(`${guide.origin}/sandbox/${what}`)).text());
		if (!is(answer)) throw new Error('The sandbox gave another answer');
		return answer;
	};
	const { us, partner } = guide;
	return {
		us,
		partner,
		addFaults: async (faults) => {
			for (const fault of faults) await post('faults', fault);
		},
		keys: async () => (await get('keys', hasKeys)).keys.filter(({ seeded }) => !seeded),
		requests: async () => (await get('requests', hasRequests)).requests,
		reset: async () => {
			await post('reset');
		},
		async close() {
			child.disconnect();
			await once(child, 'exit');
		},
	};
}
