import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { listen } from '../support/ports.mts';

/** The only address that anything here listens on. */
export const LOOPBACK = '127.0.0.1';
/** How long a process may take to end by itself before it is killed, in milliseconds. */
const GRACE_MS = 15_000;
/** How much of a command's output its error quotes, in characters. */
const TAIL = 3000;

export interface StartOptions {
	cwd?: string;
	/** All of the environment; this process's own when left out. */
	env?: NodeJS.ProcessEnv;
	/** User to run as; needs root. */
	uid?: number;
	gid?: number;
	/** Asks it to end; SIGTERM when left out. */
	endSignal?: NodeJS.Signals;
}

export interface Process {
	/** Everything that it printed. */
	log: () => string;
	alive: () => boolean;
	/** Asks it to end, then kills it and its children. */
	stop: () => Promise<void>;
	/** SIGKILL, to it and its children. */
	kill: () => Promise<void>;
	/** Its status, null when a signal ended it. */
	ended: Promise<number | null>;
}

/** Process groups that run, by the id of their first process. */
const running = new Set<number>();

function signalGroup(group: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-group, signal);
	} catch {
		// The group has ended in the meantime.
	}
}

// Nothing outlives this process, however it ends. The runner ends it in order on a signal.
process.once('exit', () => {
	for (const group of running) signalGroup(group, 'SIGKILL');
});

async function endOf(child: ChildProcess, group: number): Promise<number | null> {
	await once(child, 'close');
	signalGroup(group, 'SIGKILL');
	running.delete(group);
	return child.exitCode;
}

/**
 * Starts a command in a process group of its own, so that its children can be ended with it.
 *
 * @throws {Error} when the command cannot be started
 */
export function start(command: string, args: string[], options: StartOptions = {}): Process {
	const { endSignal = 'SIGTERM', ...rest } = options;
	const child = spawn(command, args, {
		...rest,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
	}
	// `spawn` reports a missing command later, by an event; without a listener that would be thrown.
	child.once('error', (error) => (text += error.message));
	const { pid } = child;
	if (pid === undefined) throw new Error(`${command} could not be started`);
	running.add(pid);

	const ended = endOf(child, pid);
	const alive = () => child.exitCode === null && child.signalCode === null;
	return {
		log: () => text,
		alive,
		ended,
		async stop() {
			const timer = setTimeout(() => {
				signalGroup(pid, 'SIGKILL');
			}, GRACE_MS);
			if (alive()) process.kill(pid, endSignal);
			await ended;
			clearTimeout(timer);
		},
		async kill() {
			signalGroup(pid, 'SIGKILL');
			await ended;
		},
	};
}

/**
 * Runs a command to its end.
 *
 * @returns what it printed
 * @throws {Error} with the end of its output, when its status is not 0
 */
export async function run(
	command: string,
	args: string[],
	options?: StartOptions,
): Promise<string> {
	const started = start(command, args, options);
	const status = await started.ended;
	if (status === 0) return started.log();
	const end = started.log().slice(-TAIL);
	throw new Error(`${[command, ...args].join(' ')} ended with status ${String(status)}:\n${end}`);
}

/** A port of the loopback address that nobody listens on now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	const { port } = new URL(await listen(server));
	server.close();
	await once(server, 'close');
	return Number(port);
}

/** Tells what takes long. */
export function say(text: string): void {
	process.stdout.write(`  ${text}\n`);
}
