import { parseArgs } from 'node:util';
import { guideText } from './guide.mts';
import { startSandbox } from './index.mts';

const DEFAULT_PORT = '8788';
const USAGE = `Usage: npm run sandbox -- [--port <number>]

  --port   where to listen; default ${DEFAULT_PORT}, 0 = any free port
`;

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
		options: {
			port: { type: 'string', default: DEFAULT_PORT },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(USAGE);
		return;
	}
	const port = Number(values.port);
	if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`Not a port: ${values.port}`);
	const sandbox = await startSandbox({ port }).catch((error: unknown) => {
		throw new Error(whyNotListening(error, port), { cause: error });
	});
	process.stdout.write(guideText(sandbox));
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void sandbox.close());
}

function isSystemError(error: unknown): error is { code: unknown } {
	return typeof error === 'object' && error !== null && 'code' in error;
}

function whyNotListening(error: unknown, port: number): string {
	const { code } = isSystemError(error) ? error : {};
	const another = 'npm run sandbox -- --port 9000';
	switch (code) {
		case 'EADDRINUSE':
			return `Port ${port} is taken, perhaps by another sandbox. Stop that one, or take another port: ${another}`;
		case 'EACCES':
			return `This user may not listen on port ${port}. Take one above 1023: ${another}`;
		default:
			return error instanceof Error ? error.message : String(error);
	}
}
