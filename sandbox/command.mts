import { parseArgs } from 'node:util';
import { guideText } from './guide.mts';
import { startSandbox } from './index.mts';

const DEFAULTS = { port: '8788', host: '127.0.0.1', seed: 'sandbox' };
const USAGE = `Usage: npm run sandbox -- [--port <number>] [--host <address>] [--seed <text>]

  --port   where to listen; default ${DEFAULTS.port}, 0 = any free port
  --host   the address to listen on; default ${DEFAULTS.host}, which only this computer reaches
  --seed   any text: the keys follow from it; without one they are the same at each start
`;

/** Throws for an unknown option or a port that is none. */
function readOptions(args: string[]) {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: DEFAULTS.port },
			host: { type: 'string', default: DEFAULTS.host },
			seed: { type: 'string', default: DEFAULTS.seed },
			help: { type: 'boolean', default: false },
		},
	});
	const port = Number(values.port);
	if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`Not a port: ${values.port}`);
	return { ...values, port };
}

/**
 * What `npm run sandbox` does: starts the sandbox, prints how to use it and runs until it is told to
 * stop.
 *
 * @param args of the command line
 * @throws Error that says in one line why it does not start
 */
export async function runCommand(args: string[]): Promise<void> {
	const { help, ...options } = readOptions(args);
	if (help) {
		process.stdout.write(USAGE);
		return;
	}
	const sandbox = await startSandbox(options).catch((error: unknown) => {
		throw new Error(whyNotListening(error, options), { cause: error });
	});
	process.stdout.write(guideText(sandbox, options.host));
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void sandbox.close());
}

function isSystemError(error: unknown): error is { code: unknown } {
	return typeof error === 'object' && error !== null && 'code' in error;
}

function whyNotListening(error: unknown, { host, port }: { host: string; port: number }): string {
	const { code } = isSystemError(error) ? error : {};
	const another = 'npm run sandbox -- --port 9000';
	switch (code) {
		case 'EADDRINUSE':
			return `Port ${port} is taken, perhaps by another sandbox. Stop that one, or take another port: ${another}`;
		case 'EACCES':
			return `This user may not listen on port ${port}. Take one above 1023: ${another}`;
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
			return `This computer has no address ${host}. Leave --host out for 127.0.0.1.`;
		default:
			return error instanceof Error ? error.message : String(error);
	}
}
