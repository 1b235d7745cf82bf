/** The recipes of docs/stores.md, as n8n sends them, against what knows these stores independently. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

import sodium from 'libsodium-wrappers';
import createClient from 'node-vault';

import { nodeOf, useLab } from '../../support/lab.mts';
import { at, dataObject, parameters, parse, present, record, text } from '../../support/read.mts';
import { startAws } from '../../support/standIns/aws.mts';
import type { AwsStandIn } from '../../support/standIns/aws.mts';
import { startVault } from '../../support/standIns/vault.mts';

const lab = useLab();
const PAGE = readFileSync(path.join(process.cwd(), 'docs', 'stores.md'), 'utf8');
/** A value that would break a body that is glued together. */
const ITEM = { id: 184, api_key: 'a"b\\c\nd', name: 'Build "server"' };
const TYPE = 'application/x-amz-json-1.1';

/** The text of one store's section. */
const sectionOf = (store: string) => present(PAGE.split(`\n## ${store}\n`)[1]?.split('\n## ')[0]);

/** The first match of a pattern in a section. */
const found = (pattern: RegExp, section: string) =>
	present(pattern.exec(section)?.[1], `${pattern}`);

/** The body of a recipe, as n8n holds an expression. */
const bodyOf = (section: string) => `=${found(/```text\n(\{\{[^]*?\}\})\n```/, section)}`;

/** Sends one request by the HTTP Request node of a workflow. @returns what the node put out */
async function send(given: object, credentials: Record<string, object>) {
	const stored = await Promise.all(
		Object.entries(credentials).map(
			async ([type, data]) => [...[type, await lab.engine.credentials.store(type, data)]] as const,
		),
	);
	const more = { credentials: Object.fromEntries(stored), parameters: parameters(given) };
	const nodes = [
		nodeOf('Start', 'n8n-nodes-base.manualTrigger'),
		nodeOf('Request', 'n8n-nodes-base.httpRequest', more),
	];
	const connections = { Start: { main: [[{ node: 'Request', type: 'main' as const, index: 0 }]] } };
	const execution = await lab.run({ nodes, connections }, { items: [{ json: dataObject(ITEM) }] });
	if (execution.status !== 'success') throw new Error(execution.error?.message);
	return at(execution.items('Request'), 0).json;
}

describe.each([
	{
		store: 'AWS Secrets Manager',
		first: (body: string) => body.replace('SecretId:', 'Name:'),
		firstTarget: 'secretsmanager.CreateSecret',
		ask: { SecretId: 'digicert/build-server' },
		values: ({ secrets }: AwsStandIn) => secrets.get('digicert/build-server')?.map((v) => v.value),
	},
	{
		store: 'AWS SSM Parameter Store',
		first: (body: string) => body,
		firstTarget: 'AmazonSSM.PutParameter',
		ask: { Name: '/digicert/build-server', WithDecryption: true },
		values: ({ parameters: all }: AwsStandIn) => [all.get('/digicert/build-server')],
	},
])('$store', ({ store, first, firstTarget, ask, values }) => {
	const section = sectionOf(store);
	const url = found(/POST `(https:[^`]+)`/, section).replace('<region>', 'eu-central-1');
	const [writeTarget = '', readTarget = ''] = [
		...section.matchAll(/`X-Amz-Target: ([\w.]+)`/g),
	].map((match) => match[1]);
	const valueAt = found(
		/Value at +\| +\| `\{\{ JSON\.parse\(\$json\.data\)\.([\w.]+) \}\}`/,
		section,
	).split('.');
	let aws: AwsStandIn;
	beforeAll(async () => {
		aws = await startAws();
	});
	afterEach(() => {
		aws.reset();
	});
	afterAll(async () => {
		await aws.close();
	});

	/** Goes to AWS's own host name, through the stand-in as a proxy. */
	const call = async (target: string, body: string, secret = aws.credential.secretAccessKey) =>
		await send(
			{
				method: 'POST',
				url: url.replace('https:', 'http:'),
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'aws',
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'X-Amz-Target', value: target }] },
				...{ sendBody: true, contentType: 'raw', rawContentType: TYPE, body },
				options: { proxy: aws.url },
			},
			{ aws: { ...aws.credential, secretAccessKey: secret } },
		);

	test('the signature holds, the whole key is stored once, and can be read back', async () => {
		await call(firstTarget, first(bodyOf(section)));
		await call(writeTarget, bodyOf(section));
		expect(values(aws)).toEqual([ITEM.api_key]);
		const answer = await call(readTarget, JSON.stringify(ask));
		const read = parse(text(answer.data));
		expect(valueAt.reduce<unknown>((inner, name) => record(inner)[name], read)).toBe(ITEM.api_key);
	});

	test('what another key has signed is refused', async () => {
		await expect(call(firstTarget, first(bodyOf(section)), 'another')).rejects.toThrow(
			'Bad request',
		);
		expect(values(aws)?.[0]).toBeUndefined();
	});
});

/** A real Vault when VAULT_ADDR and VAULT_TOKEN name one that does not have the secret yet; else the stand-in. */
async function openVault() {
	const { VAULT_ADDR: url, VAULT_TOKEN: value } = process.env;
	if (url === undefined || value === undefined) return await startVault();
	return {
		url,
		header: { name: 'X-Vault-Token', value },
		close: async () => {
			await Promise.resolve();
		},
	};
}

test('HashiCorp Vault: an independent client reads what is written, and the other way round', async () => {
	const vault = await openVault();
	const section = sectionOf('HashiCorp Vault and OpenBao');
	const url = found(/POST `(https:[^`]+)`/, section).replace('https://<vault>', vault.url);
	const auth = { authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' };
	const call = async (given: object) =>
		await send({ url, ...auth, ...given }, { httpHeaderAuth: vault.header });
	const client = createClient({ endpoint: vault.url, token: vault.header.value });
	try {
		await call({ method: 'POST', sendBody: true, jsonBody: bodyOf(section) });
		const read: unknown = await client.read('secret/data/digicert/build-server');
		expect(record(record(read).data).data).toEqual({ api_key: ITEM.api_key, key_id: ITEM.id });

		await client.write('secret/data/digicert/build-server', { data: { api_key: 'by the client' } });
		const answer = await call({});
		expect(record(record(answer.data).data).api_key).toBe('by the client');
	} finally {
		await vault.close();
	}
});

test("GitHub: libsodium opens what the Code node's text seals", async () => {
	await sodium.ready;
	const pair = sodium.crypto_box_keypair();
	const { ORIGINAL } = sodium.base64_variants;
	const code = found(/```js\n([^]*?)\n```/, sectionOf('GitHub secrets'));
	const answer: unknown = await runInNewContext(`(async () => { ${code} })()`, {
		require: (name: string) => (name === 'libsodium-wrappers' ? sodium : undefined),
		$input: {
			first: () => ({ json: { key: sodium.to_base64(pair.publicKey, ORIGINAL), key_id: '1' } }),
		},
		$: (node: string) => ({ first: () => ({ json: node === 'New key' ? ITEM : {} }) }),
	});
	const { json } = record(Array.isArray(answer) ? answer[0] : Object.values(record(answer))[0]);
	const sealed = sodium.from_base64(text(record(json).encrypted_value), ORIGINAL);
	const opened = sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey);
	expect(sodium.to_string(opened)).toBe(ITEM.api_key);
	expect(record(json).key_id).toBe('1');
});
