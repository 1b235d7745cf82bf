/**
 * `npm run demo`: runs the two creation examples in n8n's own engine against the sandbox, and
 * says what was sent, what came back, and what the next step received. No account is needed, and
 * no key is printed. Ends with status 0, or with 1 and the reason.
 */
import core from 'n8n-core/package.json' with { type: 'json' };

import { startSandbox, type Sandbox } from '../sandbox/index.mts';
import { createEngine, type Engine } from '../test/support/engine.mts';
import { loadExample } from '../test/support/examples.mts';

interface Demo {
	file: string;
	/** The node that creates the key. */
	creates: string;
	/** What the answer to the use of the key tells. */
	tells: (answer: Record<string, unknown>) => string;
}

const DEMOS: Demo[] = [
	{
		file: 'create-user-api-key.json',
		creates: 'Create User API Key',
		tells: ({ id, username }) =>
			`DigiCert knows the key: it belongs to user ${String(id)}, ${String(username)}`,
	},
	{
		file: 'create-subaccount-api-key.json',
		creates: 'Create Subaccount API Key',
		tells: ({ api_keys: keys }) =>
			`DigiCert knows the key: it sees ${Array.isArray(keys) ? keys.length : 'no'} keys of its subaccount`,
	},
];

function line(label: string, text: string): void {
	console.log(`   ${label.padEnd(12)}${text}`);
}

/** Shows an item with its key masked but for the last four characters. */
function mask(item: Record<string, unknown>, key: string): string {
	const api_key = `…${key.slice(-4)} (${key.length} characters)`;
	return JSON.stringify({ ...item, api_key });
}

async function runDemo(engine: Engine, sandbox: Sandbox, { file, creates, tells }: Demo) {
	sandbox.reset();
	const execution = await engine.run(await loadExample(file, sandbox, engine));
	const created = execution.items(creates)[0]?.json ?? {};
	const key = created.api_key;
	if (execution.status !== 'success' || typeof key !== 'string') {
		const { message = 'no key came out' } = execution.error ?? {};
		throw new Error(`${file}: ${message}`);
	}
	const [sent, used, ...more] = sandbox.requests();
	const answer = execution.items('Use the new key')[0]?.json;
	if (sandbox.holds(key)?.status !== 'active') {
		throw new Error(`${file}: the key that came out is not live at the sandbox`);
	}
	if (sent === undefined || used === undefined || answer === undefined || more.length > 0) {
		throw new Error(`${file}: something else was sent than one creation and one use`);
	}

	console.log(`\n${creates}   (examples/${file})`);
	line('sent', `${sent.method} ${sent.path}   ${JSON.stringify(sent.body)}`);
	line('headers', sent.headerNames.join(', '));
	line('came back', `HTTP ${String(sent.status)}`);
	line('put out', mask(created, key));
	const use = `${used.method} ${used.path} with the new key: HTTP ${String(used.status)}`;
	line('next step', `"Use the new key" sent ${use}`);
	line('', tells(answer));
}

async function main(): Promise<void> {
	console.log(
		`n8n-nodes-digicert in n8n's engine (n8n-core ${core.version}), against the sandbox.`,
	);
	console.log(
		'No DigiCert account is involved. Keys are shown by their last four characters only.',
	);
	const sandbox = await startSandbox();
	try {
		const engine = await createEngine();
		for (const demo of DEMOS) await runDemo(engine, sandbox, demo);
		console.log('\nBoth keys were created once, put out, and used by the next step.');
	} finally {
		await sandbox.close();
	}
}

try {
	await main();
} catch (error) {
	console.error(`\nThe demo did not work: ${error instanceof Error ? error.message : 'no reason'}`);
	process.exitCode = 1;
}
