import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { Entries } from '../../support/examples.mts';
import { at, present, record, text } from '../../support/read.mts';
import { startAws, type AwsStandIn } from '../../support/standIns/aws.mts';
import { startVault, type VaultStandIn } from '../../support/standIns/vault.mts';
import { test as withLab } from '../fixtures.mts';
import type { Lab } from '../lab.mts';
import {
	errorOf,
	type Execution,
	type StoredCredential,
	type StoredWorkflow,
} from '../n8n/client.mts';
import { importExample, runExample } from '../n8n/examples.mts';
import { startCustodia, type Custodia } from './custodia.mts';
import { startMailServer, type MailServer } from './mailServer.mts';

export interface Setup extends Entries {
	/** Besides DigiCert's. */
	credentials?: StoredCredential[];
	/** Text of the file, over the addresses of all stores. */
	replace?: Record<string, string>;
	/** Keeps executions, so that they can be read; true when left out. */
	saveExecutions?: boolean;
}

/** Right credentials by what they are for, and wrong ones. */
type Name = 'callers' | 'custodia' | 'vault' | 'aws' | 'n8n' | 'mail' | 'wrongHeader' | 'wrongAws';

/** What the tests of the examples work with: n8n, the sandbox, and the stores. */
export interface Bench extends Lab {
	custodia: Custodia;
	vault: VaultStandIn;
	aws: AwsStandIn;
	mail: MailServer;
	/** The header by which a caller of self-service.json names itself. */
	header: { name: string; value: string };
	others: Record<Name, StoredCredential>;
	/** Imports an example. */
	load: (file: string, setup?: Setup) => Promise<StoredWorkflow>;
	/** Imports an example and runs it by hand. */
	run: (file: string, setup?: Setup) => Promise<Execution>;
	/** The credential of n8n's public API, whose key has these scopes. */
	n8nCredential: (...scopes: string[]) => Promise<StoredCredential>;
	/** The sandbox and the stand-ins as if new. */
	reset: () => void;
	/** The statuses of the keys that were created since. */
	statuses: () => string[];
}

const HEADER = { name: 'X-Self-Service', value: 'a-token-for-tests-only' };

async function openBench(lab: Lab): Promise<Bench & { closeStores: () => Promise<void> }> {
	const { client, sandbox } = lab;
	const custodia = await startCustodia(path.join(lab.userFolder, 'custodia'));
	const vault = await startVault();
	const aws = await startAws();
	const mail = await startMailServer();
	const header = async (name: string, fields: object) =>
		await client.storeCredential('httpHeaderAuth', name, fields);
	const addresses = {
		...lab.addresses,
		'https://vault.example.com:8200/v1/secret': vault.mount,
		'https://custodia.example.com:10443/secrets': custodia.address,
		'https://secretsmanager.eu-central-1': 'http://secretsmanager.eu-central-1',
		'http://localhost:5678/api/v1': `${client.url}/api/v1`,
	};
	const n8nCredential = async (...scopes: string[]) => {
		const key = { label: randomUUID(), scopes, expiresAt: null };
		const { rawApiKey } = record(await client.rest('POST', '/api-keys', key));
		const data = { apiKey: text(rawApiKey), baseUrl: `${client.url}/api/v1` };
		return await client.storeCredential('n8nApi', `n8n API: ${scopes.length} scopes`, data);
	};
	const load = async (file: string, setup: Setup = {}) =>
		await importExample(client, file, {
			awsProxy: aws.url,
			saveExecutions: true,
			...setup,
			credentials: [...Object.values(lab.credentials), ...(setup.credentials ?? [])],
			replace: { ...addresses, ...setup.replace },
		});

	return {
		...lab,
		...{ custodia, vault, aws, mail, header: HEADER, load, n8nCredential },
		others: {
			callers: await header('Callers', HEADER),
			vault: await header('Vault stand-in', vault.header),
			custodia: await header('Custodia', custodia.header),
			aws: await client.storeCredential('aws', 'AWS stand-in', aws.credential),
			n8n: await n8nCredential('credential:read', 'credential:update'),
			mail: await client.storeCredential('smtp', 'Mail server', mail.credential),
			wrongHeader: await header('Wrong', { name: 'X-Vault-Token', value: 'wrong' }),
			wrongAws: await client.storeCredential('aws', 'Wrong', {
				...aws.credential,
				secretAccessKey: 'wrong',
			}),
		},
		run: async (file, setup) => present(await runExample(client, await load(file, setup)), file),
		reset() {
			sandbox.reset();
			vault.reset();
			aws.reset();
		},
		statuses: () => sandbox.keys({ seeded: false }).map(({ status }) => status),
		async closeStores() {
			await custodia.stop();
			for (const server of [vault, aws, mail]) await server.close();
		},
	};
}

export const test = withLab.extend<object, { bench: Bench }>({
	bench: [
		async ({ lab }, use) => {
			const bench = await openBench(lab);
			await use(bench);
			await bench.closeStores();
		},
		{ scope: 'worker' },
	],
});

/** Fails with the execution's error when it has one. */
export function expectSuccess(execution: Execution): void {
	const { message, description } = errorOf(execution);
	if (execution.status === 'success') return;
	throw new Error(`${execution.status}: ${String(message)} ${String(description)}`);
}

/** What an execution failed with, in Stop and Error. */
export function failureOf(execution: Execution): string {
	const { message, description } = errorOf(execution);
	const told = `${text(message)}\n${String(description)}`;
	if (/undefined|\[object|[a-z0-9]{40}/i.test(told)) throw new Error(`It is told badly: ${told}`);
	return told;
}

/** The key whose owner called the sandbox last. */
export function lastUsed({ sandbox }: Bench): number | undefined {
	const { keyLast4 } = at(sandbox.requests({ path: '/user/me' }), -1);
	return sandbox.keys(({ last4 }) => last4 === keyLast4).at(-1)?.id;
}
