'use strict';

/**
 * `npm run demo`: runs the two creation examples in n8n's own engine against the sandbox, and
 * says what was sent, what came back, and what the next step received. No account is needed, and
 * no key is printed. Ends with status 0, or with 1 and the reason.
 */
const { version: engineVersion } = require('n8n-core/package.json');

const { startSandbox } = require('../sandbox/index.mts');
const { createEngine } = require('../test/support/engine');
const { loadExample } = require('../test/support/examples');

const DEMOS = [
	{
		file: 'create-user-api-key.json',
		creates: 'Create User API Key',
		/** @param {any} answer */
		tells: (answer) =>
			`DigiCert knows the key: it belongs to user ${answer.id}, ${answer.username}`,
	},
	{
		file: 'create-subaccount-api-key.json',
		creates: 'Create Subaccount API Key',
		/** @param {any} answer */
		tells: (answer) => {
			const [{ account_id: account }] = answer.api_keys;
			return `DigiCert knows the key: it sees ${answer.api_keys.length} keys of subaccount ${account}`;
		},
	},
];

/** @param {string} label @param {string} text */
function line(label, text) {
	console.log(`   ${label.padEnd(12)}${text}`);
}

/** Shows an item with its key masked but for the last four characters. @param {any} json */
function mask(json) {
	const { api_key: key } = json;
	return JSON.stringify({ ...json, api_key: `…${key.slice(-4)} (${key.length} characters)` });
}

/**
 * @param {boolean} holds
 * @param {string} reason
 */
function demand(holds, reason) {
	if (!holds) throw new Error(reason);
}

/**
 * @param {import('../test/support/engine').Engine} engine
 * @param {any} sandbox
 * @param {typeof DEMOS[number]} demo
 */
async function runDemo(engine, sandbox, { file, creates, tells }) {
	sandbox.reset();
	const execution = await engine.run(await loadExample(file, sandbox, engine));
	demand(execution.status === 'success', `${file}: ${execution.error?.message}`);

	const [created] = execution.items(creates);
	demand(
		created !== undefined,
		`${file}: no key came out, but ${JSON.stringify(execution.items(creates, 1))}`,
	);
	const [sent, used] = sandbox.requests();
	const holder = sandbox.holds(created.json.api_key);
	demand(holder?.status === 'active', `${file}: the key that came out is not live at the sandbox`);
	demand(sandbox.requests().length === 2, `${file}: more was sent than one creation and one use`);
	const [answer] = execution.items('Use the new key');

	console.log(`\n${creates}   (examples/${file})`);
	line('sent', `${sent.method} ${sent.path}   ${JSON.stringify(sent.body)}`);
	line('headers', sent.headerNames.join(', '));
	line('came back', `HTTP ${sent.status}`);
	line('put out', mask(created.json));
	line(
		'next step',
		`"Use the new key" sent ${used.method} ${used.path} with the new key: HTTP ${used.status}`,
	);
	line('', tells(answer.json));
}

async function main() {
	const sandbox = await startSandbox();
	try {
		console.log(
			`n8n-nodes-digicert in n8n's engine (n8n-core ${engineVersion}), against the sandbox.`,
		);
		console.log(
			'No DigiCert account is involved. Keys are shown by their last four characters only.',
		);
		const engine = await createEngine();
		for (const demo of DEMOS) await runDemo(engine, sandbox, demo);
		console.log('\nBoth keys were created once, put out, and used by the next step.');
	} finally {
		await sandbox.close();
	}
}

main().catch((error) => {
	console.error(`\nThe demo did not work: ${error.message}`);
	process.exitCode = 1;
});
