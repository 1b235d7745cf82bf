/**
 * n8n's engine as the tests use it, with a sandbox in another process and the nodes that are
 * compared. Every workflow is a trigger and one node.
 */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

import type { INode } from 'n8n-workflow';

import type { SandboxOptions } from '../../sandbox/index.mts';
import { createEngine } from '../../test/support/engine.mts';
import type { Execution } from '../../test/support/engine.mts';
import { byId, nodeOf } from '../../test/support/lab.mts';
import { parameters as toParameters } from '../../test/support/read.mts';
import { loadHttpRequestNode } from './httpRequestNode.mts';
import { minimalNode } from './minimalNode.mts';
import { openSandbox } from './remoteSandbox.mts';
import type { RemoteSandbox } from './remoteSandbox.mts';

const OWN_NODE = 'n8n-nodes-digicert.digiCert';
const MINIMAL_NODE = 'bench.minimal';
const HTTP_NODE = 'n8n-nodes-base.httpRequest';
const HTTP_NODE_VERSION = 4.5;

export interface Item {
	readonly owner: number;
	readonly name: string;
}

export type Run = (
	items: readonly Item[],
	node?: { options?: Record<string, unknown>; settings?: Partial<INode> },
) => Promise<Execution>;

export interface Bench {
	readonly sandbox: RemoteSandbox;
	/** For keys of one user, each with its own name, in which no number stands alone like an ID. */
	readonly items: (count: number) => Item[];
	/** The same for keys of a subaccount. */
	readonly partnerItems: (count: number) => Item[];
	/** This package's node: Create User API Key. */
	readonly create: Run;
	/** This package's node: Create Subaccount API Key. */
	readonly createPartner: Run;
	/** The minimal node, one request at a time unless told otherwise. */
	readonly minimal: Run;
	/** n8n's HTTP Request node. */
	readonly http: Run;
}

export async function withBench<T>(
	options: SandboxOptions,
	use: (bench: Bench) => Promise<T>,
): Promise<T> {
	const engine = await createEngine();
	const sandbox = await openSandbox(options);
	const { us, partner } = sandbox;
	const { credentials, nodeTypes } = engine;
	const certCentral = await credentials.store('digiCertCertCentralApi', {
		apiKey: us.keys.administrator,
		region: 'custom',
		baseUrl: us.baseUrl,
	});
	const ofPartner = await credentials.store('digiCertPartnerApi', {
		apiKey: partner.keys.parent,
		baseUrl: partner.baseUrl,
	});
	nodeTypes.add(MINIMAL_NODE, minimalNode);
	let hasHttpNode = false;

	async function run(
		type: string,
		parameters: Record<string, unknown>,
		items: readonly Item[],
		more: Partial<INode> = {},
	): Promise<Execution> {
		const node = nodeOf('Node', type, {
			parameters: toParameters(parameters),
			credentials: { digiCertCertCentralApi: certCentral, digiCertPartnerApi: ofPartner },
			...more,
		});
		const nodes = [nodeOf('Start', 'n8n-nodes-base.manualTrigger'), node];
		const connections = { Start: { main: [[{ node: 'Node', type: 'main', index: 0 } as const]] } };
		return await engine.run(
			{ nodes, connections },
			{ items: items.map((item) => ({ json: { ...item } })) },
		);
	}
	const owner = byId('={{ $json.owner }}');
	const name = '={{ $json.name }}';
	const itemsOf = (ownerId: number) => (count: number) =>
		Array.from({ length: count }, (_, i) => ({ owner: ownerId, name: `key-n${i}n` }));

	try {
		return await use({
			sandbox,
			items: itemsOf(us.users.person),
			partnerItems: itemsOf(partner.accounts.subaccount),
			create: async (items, { options: nodeOptions = {}, settings } = {}) => {
				const what = { resource: 'userApiKey', operation: 'create', restrictedToRoleId: 0 };
				return await run(
					OWN_NODE,
					{ ...what, userId: owner, name, options: nodeOptions },
					items,
					settings,
				);
			},
			createPartner: async (items, { options: nodeOptions = {}, settings } = {}) => {
				const what = { resource: 'subaccountApiKey', operation: 'create' };
				return await run(
					OWN_NODE,
					{ ...what, accountId: owner, name, options: nodeOptions },
					items,
					settings,
				);
			},
			minimal: async (items, { options: { concurrency = 1 } = {}, settings } = {}) =>
				await run(
					MINIMAL_NODE,
					{ userId: '={{ $json.owner }}', name, concurrency },
					items,
					settings,
				),
			http: async (items, { options: nodeOptions = {}, settings } = {}) => {
				// In the place of the stand-in that the tests use.
				if (!hasHttpNode) nodeTypes.add(HTTP_NODE, await loadHttpRequestNode());
				hasHttpNode = true;
				const parameters = {
					method: 'POST',
					url: `=${us.baseUrl}/key/user/{{ $json.owner }}`,
					authentication: 'predefinedCredentialType',
					nodeCredentialType: 'digiCertCertCentralApi',
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '={{ { name: $json.name } }}',
					options: nodeOptions,
				};
				return await run(HTTP_NODE, parameters, items, {
					typeVersion: HTTP_NODE_VERSION,
					...settings,
				});
			},
		});
	} finally {
		await sandbox.close();
	}
}

/** Key values on the items of an execution. */
function valuesOn(execution: Execution): string[] {
	return execution
		.items('Node')
		.flatMap(({ json, error }) =>
			error === undefined && typeof json.api_key === 'string' ? [json.api_key] : [],
		);
}

/** Gives an execution back when it made what was asked for; no figure of another says anything. */
export function mustHaveMade(execution: Execution, count: number): Execution {
	const made = valuesOn(execution).length;
	if (made === count) return execution;
	throw new Error(`${made} keys of ${count} came out. ${execution.error?.message ?? ''}`);
}

/** What became of a run's keys, counted at the sandbox. */
export async function tally(sandbox: RemoteSandbox, execution: Execution) {
	const creations = (await sandbox.requests()).filter(({ method }) => method === 'POST');
	const values = valuesOn(execution);
	const digests = new Set(values.map((value) => createHash('sha256').update(value).digest('hex')));
	const alive = (await sandbox.keys()).filter(({ status }) => status === 'active');
	const delivered = alive.filter(({ digest }) => digests.has(digest));
	const all = [execution.error, execution.items('Node')];
	const text = inspect(all, { depth: 8, maxArrayLength: null, maxStringLength: null });
	const isNamed = (id: number) => new RegExp(`\\b${id}\\b`).test(text);
	const unseen = alive.filter(({ digest, id }) => !digests.has(digest) && !isNamed(id));
	return {
		/** Creation requests that reached the sandbox. */
		sent: creations.length,
		/** Those of them that the rate limit refused. */
		refused: creations.filter(({ status }) => status === 429).length,
		/** Keys that work. */
		alive: alive.length,
		/** Keys that work and whose value an item carries. */
		delivered: delivered.length,
		/** Values on items that do not work. */
		dead: values.length - delivered.length,
		/** Keys that work, whose value no item carries and whose ID is nowhere. */
		unseen: unseen.length,
		/** Keys that work beyond the first of the same owner and name. */
		doubled: alive.length - new Set(alive.map(({ ownerId, name }) => `${ownerId} ${name}`)).size,
	};
}
