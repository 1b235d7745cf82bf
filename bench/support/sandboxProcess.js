'use strict';

/**
 * The sandbox in a process of its own, so that its work counts neither as the node's time nor as
 * its memory. Started by `sandboxClient.js`, and ends with the process that started it.
 */
const { startSandbox } = require('../../sandbox/index.mts');
const { presetNamed } = require('../../sandbox/faults.mts');

/** @typedef {import('./sandboxClient').NamedFault} NamedFault */

/** @param {import('../../sandbox/index.mts').SandboxOptions} options */
async function main(options) {
	const sandbox = await startSandbox(options);
	const methods = {
		/** @param {NamedFault[]} faults */
		addFaults(faults) {
			for (const { preset, args, ...rest } of faults) {
				const fault = preset === undefined ? rest : { ...presetNamed(preset, args), ...rest };
				sandbox.addFault(/** @type {import('../../sandbox/index.mts').Fault} */ (fault));
			}
		},
		keys: () => sandbox.keys({ seeded: false }),
		requests: () => sandbox.requests(),
		reset: () => sandbox.reset(),
	};
	process.on('message', (/** @type {{ method: keyof methods, arg: any }} */ { method, arg }) => {
		process.send?.({ answer: methods[method](arg) });
	});
	process.once('disconnect', () => void sandbox.close());
	const { us } = sandbox.certCentral;
	process.send?.({ answer: { us, partner: sandbox.partner } });
}

process.once('message', (/** @type {any} */ options) => void main(options));
