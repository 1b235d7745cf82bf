import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { JournalEntry, KeyRecord, Sandbox, SandboxOptions } from '../../sandbox/index.mts';
import { isRecord, record } from '../../test/support/read.mts';

/** A fault as it can be sent to another process: a preset by name. */
export interface NamedFault {
	readonly preset: string;
	readonly args?: readonly unknown[];
	readonly match?: { method?: string; name?: string };
	readonly times?: number;
	readonly delayMs?: number;
}

export interface RemoteSandbox {
	readonly us: Sandbox['certCentral']['us'];
	readonly partner: Sandbox['partner'];
	readonly addFaults: (faults: readonly NamedFault[]) => Promise<void>;
	/** Those created since the start or the last reset. */
	readonly keys: () => Promise<KeyRecord[]>;
	readonly requests: () => Promise<JournalEntry[]>;
	readonly reset: () => Promise<void>;
	readonly close: () => Promise<void>;
}

type Guide = Pick<RemoteSandbox, 'us' | 'partner'>;
// What our own process sends is taken for what it is.
const isGuide = (answer: unknown): answer is Guide => isRecord(answer) && 'partner' in answer;
const isKeys = (answer: unknown): answer is KeyRecord[] => Array.isArray(answer);
const isRequests = (answer: unknown): answer is JournalEntry[] => Array.isArray(answer);

/** Starts a sandbox in another process; the rate limit is off when none is given. */
export async function openSandbox(options: SandboxOptions = {}): Promise<RemoteSandbox> {
	const child = fork(path.join(import.meta.dirname, 'sandboxProcess.mts'), {
		serialization: 'advanced',
	});
	async function ask(message: string | object): Promise<unknown> {
		child.send(message);
		const replies: unknown[] = await once(child, 'message');
		return record(replies[0]).answer;
	}
	async function askFor<T>(message: string | object, is: (answer: unknown) => answer is T) {
		const answer = await ask(message);
		if (!is(answer)) throw new Error('The sandbox gave another answer');
		return answer;
	}
	const guide = await askFor({ rateLimits: [], ...options }, isGuide);
	return {
		...guide,
		addFaults: async (faults) => {
			await ask({ faults });
		},
		keys: async () => await askFor('keys', isKeys),
		requests: async () => await askFor('requests', isRequests),
		reset: async () => {
			await ask('reset');
		},
		async close() {
			child.disconnect();
			await once(child, 'exit');
		},
	};
}
