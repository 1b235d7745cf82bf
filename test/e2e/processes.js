'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');

/** How long a process may take to end by itself before it is killed, in milliseconds. */
const GRACE_MS = 15_000;
/** How much of a command's output its error quotes, in characters. */
const TAIL = 3000;

/**
 * @typedef {object} StartOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] all of the environment; this process's own when left out
 * @property {number} [uid] user to run as; needs root
 * @property {number} [gid]
 * @property {NodeJS.Signals} [endSignal] asks it to end; SIGTERM when left out
 *
 * @typedef {object} Process
 * @property {number} pid
 * @property {() => string} log everything that it printed
 * @property {() => boolean} alive
 * @property {() => Promise<void>} stop asks it and its children to end, kills what does not
 * @property {() => Promise<void>} kill SIGKILL, to it and its children
 * @property {Promise<number | null>} ended its status, null when a signal ended it
 */

/** @type {Set<Process>} */
const running = new Set();

/** @param {number} group @param {NodeJS.Signals} signal */
function signalGroup(group, signal) {
	try {
		process.kill(-group, signal);
	} catch (error) {
		// The group has ended in the meantime.
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
	}
}

/**
 * Starts a command in a process group of its own, so that its children can be ended with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {StartOptions} [options]
 * @returns {Process}
 * @throws {Error} when the command cannot be started
 */
function start(command, args, options = {}) {
	const { endSignal = 'SIGTERM', ...rest } = options;
	const child = spawn(command, args, {
		...rest,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let text = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
	}
	// `spawn` reports a missing command later, by an event; without a listener that would be thrown.
	child.once('error', (error) => (text += error.message));
	const { pid } = child;
	if (pid === undefined) throw new Error(`${command} could not be started`);

	const self = {
		pid,
		log: () => text,
		alive: () => child.exitCode === null && child.signalCode === null,
		async stop() {
			const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
			if (self.alive()) process.kill(pid, endSignal);
			await self.ended;
			clearTimeout(timer);
		},
		async kill() {
			signalGroup(pid, 'SIGKILL');
			await self.ended;
		},
		ended: once(child, 'close').then(([status]) => {
			signalGroup(pid, 'SIGKILL');
			running.delete(self);
			return status;
		}),
	};
	running.add(self);
	return self;
}

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {StartOptions} [options]
 * @returns {Promise<string>} what it printed
 * @throws {Error} with the end of its output, when its status is not 0
 */
async function run(command, args, options) {
	const started = start(command, args, options);
	const status = await started.ended;
	if (status === 0) return started.log();
	throw new Error(
		`${[command, ...args].join(' ')} ended with status ${status}:\n${started.log().slice(-TAIL)}`,
	);
}

/** Ends every process that was started here and still runs, the newest first. */
async function stopAll() {
	await Promise.all([...running].reverse().map((started) => started.stop()));
}

/** Sees to it that nothing outlives this process, however it ends. */
function endWithThisProcess() {
	for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		process.once(signal, () => {
			process.stderr.write(`\n${signal}: ending what was started\n`);
			void stopAll().finally(() => process.exit(1));
		});
	}
	process.once('exit', () => {
		for (const { pid } of running) signalGroup(pid, 'SIGKILL');
	});
}

module.exports = { endWithThisProcess, run, start, stopAll };
