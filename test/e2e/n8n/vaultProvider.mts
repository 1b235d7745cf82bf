/**
 * Reads a Vault with the secrets provider of n8n, which nobody else imports, and prints what it got
 * as JSON: `VAULT_TOKEN=… node vaultProvider.mts <n8n's package.json> <address of the Vault>`. A
 * program of its own, because it runs on n8n's Node.js.
 */
import { createRequire } from 'node:module';

interface SecretsProvider {
	init(settings: { settings: Record<string, unknown> }): Promise<void>;
	connect(): Promise<void>;
	update(): Promise<void>;
	disconnect(): Promise<void>;
	readonly state: string;
	/** By mount, then by path. */
	readonly cachedSecrets: Record<string, unknown>;
}

const [manifest = '', url = ''] = process.argv.slice(2);
// As Vault takes it too: a server in Node.js, which the stand-in is, knows no method LIST.
process.env.N8N_EXTERNAL_SECRETS_PREFER_GET = 'true';

const load = createRequire(manifest);
load('reflect-metadata');
/* eslint-disable @typescript-eslint/no-unsafe-assignment -- `require` has no types */
const { VaultProvider }: { VaultProvider: new () => SecretsProvider } = load(
	'./dist/modules/external-secrets.ee/providers/vault.js',
);
/* eslint-enable @typescript-eslint/no-unsafe-assignment */

const provider = new VaultProvider();
const token = process.env.VAULT_TOKEN;
await provider.init({ settings: { url: `${url}/v1/`, authMethod: 'token', token } });
await provider.connect();
await provider.update();
const { state, cachedSecrets } = provider;
console.log(JSON.stringify({ state, secrets: cachedSecrets }));
await provider.disconnect();
