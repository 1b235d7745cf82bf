/**
 * The sandbox in a process of its own, so that its work counts neither as the node's time nor as
 * its memory. Started by `remoteSandbox.mts`, and ends with the process that started it.
 */
import { faults, startSandbox } from '../../sandbox/index.mts';
import type { SandboxOptions } from '../../sandbox/index.mts';
import { presetNamed } from '../../sandbox/faults.mts';
import { isRecord } from '../../test/support/read.mts';
import type { NamedFault } from './remoteSandbox.mts';

async function main(options: SandboxOptions): Promise<void> {
	const sandbox = await startSandbox(options);
	const answer = (message: Message): unknown => {
		if (message === 'keys') return sandbox.keys({ seeded: false });
		if (message === 'requests') return sandbox.requests();
		if (message === 'reset') sandbox.reset();
		else for (const fault of message.faults) addFault(fault);
		return undefined;
	};
	const addFault = ({ preset, args, match, times, delayMs }: NamedFault) => {
		const made = presetNamed(preset, args) ?? faults.slow(0);
		sandbox.addFault({
			...made,
			...(match === undefined ? {} : { match }),
			...(times === undefined ? {} : { times }),
			...(delayMs === undefined ? {} : { delayMs }),
		});
	};
	process.on('message', (message) => {
		if (isMessage(message)) process.send?.({ answer: answer(message) });
	});
	process.once('disconnect', () => void sandbox.close());
	const { certCentral, partner } = sandbox;
	process.send?.({ answer: { us: certCentral.us, partner } });
}

type Message = 'keys' | 'requests' | 'reset' | { faults: readonly NamedFault[] };

function isMessage(message: unknown): message is Message {
	return isRecord(message) || ['keys', 'requests', 'reset'].some((name) => name === message);
}

process.once('message', (options) => {
	if (isRecord(options)) void main(options);
});
