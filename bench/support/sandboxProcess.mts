/**
 * The sandbox in a process of its own. Started by `remoteSandbox.mts`, which sends the options and
 * is told where it is, and ends with the process that started it.
 */
import { startSandbox } from '../../sandbox/index.mts';
import type { SandboxOptions } from '../../sandbox/index.mts';
import { isRecord } from '../../test/support/read.mts';

async function main(options: SandboxOptions): Promise<void> {
	const sandbox = await startSandbox(options);
	process.once('disconnect', () => void sandbox.close());
	const { origin, certCentral, partner } = sandbox;
	process.send?.({ origin, us: certCentral.us, partner });
}

process.once('message', (options) => {
	if (isRecord(options)) void main(options);
});
