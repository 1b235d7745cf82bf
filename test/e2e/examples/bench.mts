import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { list, present, record, text } from '../../support/read.mts';
import { startVault, type VaultStandIn } from '../../support/standIns/vault.mts';
import { test as withLab } from '../fixtures.mts';
import type { Lab } from '../lab.mts';
import {
	errorOf,
	sourcesOf,
	type Execution,
	type StoredCredential,
	type StoredWorkflow,
} from '../n8n/client.mts';
import { importExample, runExample } from '../n8n/examples.mts';
import { startCustodia, type Custodia } from './custodia.mts';

export interface Setup {
	/** Besides DigiCert's. */
	credentials?: StoredCredential[];
	/** Text of the file, over the addresses of all stores. */
	replace?: Record<string, string>;
	/** Keeps executions, so that they can be read; true when left out. */
	saveExecutions?: boolean;
}

/** What the tests of the examples work with: n8n, the sandbox, and the stores. */
export interface Bench extends Lab {
	custodia: Custodia;
	vault: VaultStandIn;
	/** The header by which a caller of self-service.json names itself. */
	header: { name: string; value: string };
	/** Credentials of type Header Auth. */
	headers: Record<'callers' | 'vault' | 'custodia', StoredCredential>;
	/** Imports an example. */
	load: (file: string, setup?: Setup) => Promise<StoredWorkflow>;
	/** Imports an example and runs it by hand. */
	run: (file: string, setup?: Setup) => Promise<Execution>;
	/** The credential of n8n's public API, whose key has these scopes. */
	n8nCredential: (...scopes: string[]) => Promise<StoredCredential>;
	/** The sandbox and the stand-in as if new. */
	reset: () => void;
	/** The statuses of the keys that were created since. */
	statuses: () => string[];
}

const HEADER = { name: 'X-Self-Service', value: 'a-token-for-tests-only' };

async function openBench(lab: Lab): Promise<Bench & { closeStores: () => Promise<void> }> {
	const { client, sandbox } = lab;
	const custodia = await startCustodia(path.join(lab.userFolder, 'custodia'));
	const vault = await startVault();
	const store = async (name: string, fields: object) =>
		await client.storeCredential('httpHeaderAuth', name, fields);
	const addresses = {
		...lab.addresses,
		'https://vault.example.com:8200/v1/secret': vault.mount,
		'https://custodia.example.com:10443/secrets': custodia.address,
		'http://localhost:5678/api/v1': `${client.url}/api/v1`,
	};
	const load = async (
		file: string,
		{ credentials = [], replace = {}, saveExecutions = true }: Setup = {},
	) =>
		await importExample(client, file, {
			credentials: [...Object.values(lab.credentials), ...credentials],
			replace: { ...addresses, ...replace },
			saveExecutions,
		});

	return {
		...lab,
		custodia,
		vault,
		header: HEADER,
		headers: {
			callers: await store('Callers', HEADER),
			vault: await store('Vault stand-in', vault.header),
			custodia: await store('Custodia', custodia.header),
		},
		load,
		async run(file, setup) {
			const execution = present(await runExample(client, await load(file, setup)), file);
			if (execution.status === 'success') return execution;
			throw new Error(`${file}: ${String(errorOf(execution).message)}`);
		},
		async n8nCredential(...scopes) {
			const key = { label: randomUUID(), scopes, expiresAt: null };
			const { rawApiKey } = record(await client.rest('POST', '/api-keys', key));
			const data = { apiKey: text(rawApiKey), baseUrl: `${client.url}/api/v1` };
			return await client.storeCredential('n8nApi', `n8n API: ${scopes.length} scopes`, data);
		},
		reset() {
			sandbox.reset();
			vault.reset();
		},
		statuses: () => sandbox.keys({ seeded: false }).map(({ status }) => status),
		async closeStores() {
			await custodia.stop();
			await vault.close();
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

/** Which nodes an example's reports came from. */
export function reports(execution: Execution): string[] {
	return sourcesOf(execution, 'Tell somebody');
}

/** The newest secret of a path in the vault. */
export function newestSecret({ vault }: Bench, place: string): Record<string, unknown> {
	return record(list(vault.secrets.get(place)).at(-1));
}
