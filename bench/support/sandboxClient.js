'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/**
 * A fault as it can be sent to another process: a preset by name, or spelt out.
 *
 * @typedef {Partial<import('../../sandbox/index.mts').Fault> & { args?: unknown[] }} NamedFault
 *
 * @typedef {object} RemoteSandbox
 * @property {import('../../sandbox/index.mts').Sandbox['certCentral']['us']} us
 * @property {import('../../sandbox/index.mts').Sandbox['partner']} partner
 * @property {(faults: NamedFault[]) => Promise<void>} addFaults
 * @property {() => Promise<import('../../sandbox/index.mts').KeyRecord[]>} keys those created since
 *   the start or the last reset
 * @property {() => Promise<import('../../sandbox/index.mts').JournalEntry[]>} requests
 * @property {() => Promise<void>} reset
 * @property {() => Promise<void>} close
 */

/**
 * Starts a sandbox in another process.
 *
 * @param {import('../../sandbox/index.mts').SandboxOptions} options without functions; the rate limit
 *   is off when none is given
 * @returns {Promise<RemoteSandbox>}
 */
async function openSandbox(options = {}) {
	const child = fork(path.join(__dirname, 'sandboxProcess.js'), { serialization: 'advanced' });
	/** @param {unknown} message */
	async function ask(message) {
		child.send(/** @type {any} */ (message));
		const [{ answer }] = await once(child, 'message');
		return answer;
	}
	const guide = await ask({ rateLimits: [], ...options });
	return {
		...guide,
		addFaults: async (faults) => await ask({ method: 'addFaults', arg: faults }),
		keys: async () => await ask({ method: 'keys' }),
		requests: async () => await ask({ method: 'requests' }),
		reset: async () => await ask({ method: 'reset' }),
		async close() {
			child.disconnect();
			await once(child, 'exit');
		},
	};
}

module.exports = { openSandbox };
