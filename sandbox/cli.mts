import { parseArgs } from 'node:util';
import { guideText } from './guide.mts';
import { startSandbox } from './index.mts';

const DEFAULT_PORT = '8788';
const USAGE = `Usage: npm run sandbox -- [--port <number>]

  --port   where to listen on 127.0.0.1; default ${DEFAULT_PORT}, 0 = any free port
`;

/** Reads the command line. Throws for an unknown option or a port that is none. */
function readOptions(): { help: boolean; port: number } {
	const { values } = parseArgs({
		options: { port: { type: 'string', default: DEFAULT_PORT }, help: { type: 'boolean' } },
	});
	const port = Number(values.port);
	if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`Not a port: ${values.port}`);
	return { help: values.help ?? false, port };
}

/** Starts the sandbox, prints how to use it and runs until it is told to stop. */
async function main(): Promise<void> {
	const { help, port } = readOptions();
	if (help) {
		process.stdout.write(USAGE);
		return;
	}
	const sandbox = await startSandbox({ port });
	process.stdout.write(guideText(sandbox));
	for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void sandbox.close());
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
