import { parseArgs } from 'node:util';
import { guideText } from './guide.mts';
import { startSandbox } from './index.mts';

/** Where it listens unless told otherwise; 0 is any free port. */
const DEFAULT_PORT = '8788';

/**
 * What `npm run sandbox` does: starts the sandbox, prints how to use it and runs until it is told to
 * stop.
 *
 * @param args of the command line
 * @throws Error that says in one line why it does not start
 */
export async function runCommand(args: string[]): Promise<void> {
	const { values } = parseArgs({
		args,
		options: { port: { type: 'string', default: DEFAULT_PORT } },
	});
	const port = Number(values.port);
	if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`Not a port: ${values.port}`);
	const sandbox = await startSandbox({ port }).catch((error: unknown) => {
		throw new Error(whyNotListening(error, port), { cause: error });
	});
	process.stdout.write(guideText(sandbox));
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void sandbox.close());
}

function whyNotListening(error: unknown, port: number): string {
	const why = error instanceof Error ? error.message : String(error);
	if (!why.includes('EADDRINUSE')) return why;
	return `Port ${port} is taken, perhaps by another sandbox. Stop that one, or take another port: npm run sandbox -- --port 9000`;
}
