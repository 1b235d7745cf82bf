import type {
	INode,
	INodeCredentials,
	IRun,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { startSandbox } from '../../sandbox/index.mts';
import type {
	Fault,
	Filter,
	JournalEntry,
	KeyRecord,
	Sandbox,
	SandboxOptions,
} from '../../sandbox/index.mts';
import { createEngine } from './engine.mts';
import type { Engine, Execution, RunOptions, WorkflowJson } from './engine.mts';
import { dataObject, list, parameters, present, record } from './read.mts';
import { expectSecretsKept } from './secrets.mts';

type Fields = Record<string, unknown>;

/** What a test of an operation says about the node; the rest is filled in. */
export interface NodeSetup {
	/** Parameters over the operation's usual ones. */
	parameters?: Fields;
	/** Fields over the usual ones of the credential. */
	credential?: Fields;
	/** The node's own settings, such as onError. */
	settings?: Partial<INode>;
	/** The workflow's, such as timezone. */
	workflowSettings?: IWorkflowSettings;
	/** How n8n started the execution; 'manual' unless given. */
	mode?: WorkflowExecuteMode;
	/** Gets a function that cancels the execution. */
	onStart?: (stop: () => void) => void;
}

export type CreateKeys = (items: readonly Fields[], setup?: NodeSetup) => Promise<Execution>;

export interface Lab {
	readonly sandbox: Sandbox;
	readonly engine: Engine;
	/** Everything that n8n or the node logged in this test. */
	readonly log: unknown[];
	/** Runs a workflow, and remembers the execution for the secrets check. */
	run: (workflow: WorkflowJson, options?: RunOptions) => Promise<Execution>;
	/** Runs one operation for items with these fields. */
	perform: (
		resource: string,
		operation: string,
		items: readonly Fields[],
		setup?: NodeSetup,
	) => Promise<Execution>;
	/** Create User API Key for `{ user, name }` items. */
	createUserKeys: CreateKeys;
	/** Create Subaccount API Key for `{ account, name }` items. */
	createSubaccountKeys: CreateKeys;
	/** Create Subaccount for customers of these names. */
	createSubaccounts: (customers: readonly string[], setup?: NodeSetup) => Promise<Execution>;
	/** The creation requests that reached the sandbox. */
	creations: (filter?: Partial<JournalEntry>) => JournalEntry[];
	/** The keys that were created since the sandbox started anew. */
	created: () => KeyRecord[];
	/** The status of each of them. */
	statuses: () => KeyRecord['status'][];
	/** Those of them that are alive. */
	live: () => KeyRecord[];
	/** The only seeded key of this name, or the one of CertCentral's instance for the US. */
	seeded: (name: string) => KeyRecord;
	/** An item for one more key of the usual owner, for either API. */
	item: (name: unknown) => Fields;
	/** An item for a key of another owner. */
	itemOfOther: (name: unknown) => Fields;
	/** Adds a fault to the sandbox, with what it is to hit. */
	fault: (fault: Fault, more?: Partial<Fault>) => void;
}

/** What creates keys, and switches them off, at both APIs. */
export const APIS = [
	{
		api: 'CertCentral',
		create: 'createUserKeys',
		resource: 'userApiKey',
		switchOff: 'revoke',
		off: 'revoked',
	},
	{
		api: 'the partner API',
		create: 'createSubaccountKeys',
		resource: 'subaccountApiKey',
		switchOff: 'deactivate',
		off: 'inactive',
	},
] as const;

/** For faults: every creation, every switch-off, and the lists of keys. */
export const POST = { match: { method: 'POST' } };
export const PUT = { match: { method: 'PUT' } };
export const LIST = { match: { method: 'GET', path: /^\/(api-)?key$/ } };
/** For faults: a fault that hits again and again. */
export const ALWAYS = { times: Infinity };

/** A fault: this answer, and nothing is done. */
export const answering = (status: number, body?: unknown): Fault => ({
	when: 'before',
	action: 'reply',
	reply: { status, body },
});

/** A fault: the list of keys is empty. */
export const NO_KEYS = answering(200, { api_keys: [] });

/** A fault: what was asked for is done, and the answer is changed. */
export const changing = (change: (body: Fields) => unknown): Fault => ({
	when: 'after',
	action: 'reply',
	reply: ({ status, body }) => ({ status, body: change(record(body)) }),
});

/** A fault: each key of the list is shown changed. */
export const listing = (change: (key: Fields) => unknown): Fault =>
	changing(({ api_keys: keys, ...rest }) => ({
		...rest,
		api_keys: list(keys).map((key) => change(record(key))),
	}));

/** A resource locator by ID. */
export function byId(value: unknown) {
	return { __rl: true, mode: 'id', value };
}

/** A node of a workflow: its name and type, and what is special about it. */
export function nodeOf(name: string, type: string, more: Partial<INode> = {}): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters: {}, ...more };
}

/** A workflow with our node between a start and two ends, one for each of its outputs. */
export function workflowOf(
	credentials: INodeCredentials,
	fields: Fields,
	settings: Partial<INode> = {},
): WorkflowJson {
	const link = (node: string) => [{ node, type: 'main', index: 0 } as const];
	return {
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.manualTrigger'),
			nodeOf('DigiCert', 'n8n-nodes-digicert.digiCert', {
				credentials,
				parameters: parameters(fields),
				...settings,
			}),
			nodeOf('Next', 'n8n-nodes-base.noOp'),
			nodeOf('Failed', 'n8n-nodes-base.noOp'),
		],
		connections: {
			Start: { main: [link('DigiCert')] },
			DigiCert: { main: [link('Next'), link('Failed')] },
		},
	};
}

/** The credential type of a resource, and what its fields are for the sandbox. */
export function credentialFor(resource: string, { certCentral: { us }, partner }: Sandbox) {
	return resource.startsWith('subaccount')
		? {
				type: 'digiCertPartnerApi',
				fields: { apiKey: partner.keys.parent, baseUrl: partner.baseUrl },
			}
		: {
				type: 'digiCertCertCentralApi',
				fields: { apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
			};
}

/**
 * A sandbox, n8n's engine and both credentials, for the tests of one file. After each test the
 * secrets check runs over everything that was executed and logged, and the sandbox starts anew.
 *
 * @returns usable inside tests; its sandbox and engine are there once they start
 */
export function useLab(options: SandboxOptions = {}): Lab {
	let sandbox: Sandbox | undefined;
	let engine: Engine | undefined;
	const createdKeys: string[] = [];
	const runs: IRun[] = [];
	const log: unknown[] = [];

	const lab: Lab = {
		get sandbox() {
			return present(sandbox, 'The sandbox');
		},
		get engine() {
			return present(engine, "n8n's engine");
		},
		log,

		async run(workflow, runOptions) {
			const execution = await lab.engine.run(workflow, runOptions);
			runs.push(execution.run);
			return execution;
		},

		async perform(resource, operation, items, setup = {}) {
			const { type, fields } = credentialFor(resource, lab.sandbox);
			const data = { ...fields, ...setup.credential };
			const credential = await lab.engine.credentials.store(type, data);
			const given = { resource, operation, options: {}, ...setup.parameters };
			return await lab.run(
				{
					...workflowOf({ [type]: credential }, given, setup.settings),
					settings: { executionOrder: 'v1', ...setup.workflowSettings },
				},
				{ ...setup, items: items.map((json) => ({ json: dataObject(json) })) },
			);
		},

		async createUserKeys(items, setup = {}) {
			const given = {
				userId: byId('={{ $json.user }}'),
				name: '={{ $json.name }}',
				restrictedToRoleId: 0,
				...setup.parameters,
			};
			return await lab.perform('userApiKey', 'create', items, { ...setup, parameters: given });
		},

		async createSubaccountKeys(items, setup = {}) {
			const given = {
				accountId: byId('={{ $json.account }}'),
				name: '={{ $json.name }}',
				...setup.parameters,
			};
			return await lab.perform('subaccountApiKey', 'create', items, {
				...setup,
				parameters: given,
			});
		},

		async createSubaccounts(customers, setup = {}) {
			const items = customers.map((customer) => ({ customer }));
			const given = {
				subaccountName: '={{ $json.customer }}',
				name: 'Production',
				emergencyContactEmails: '',
				...setup.parameters,
			};
			return await lab.perform('subaccount', 'create', items, { ...setup, parameters: given });
		},

		creations: (filter) => lab.sandbox.requests({ method: 'POST', ...filter }),
		created: () => lab.sandbox.keys({ seeded: false }),
		statuses: () => lab.created().map(({ status }) => status),
		live: () => lab.sandbox.keys({ seeded: false, status: 'active' }),
		item: (name) => ({
			user: lab.sandbox.certCentral.us.users.person,
			account: lab.sandbox.partner.accounts.subaccount,
			name,
		}),
		itemOfOther: (name) => ({
			user: lab.sandbox.certCentral.us.users.serviceUser,
			account: lab.sandbox.partner.accounts.otherSubaccount,
			name,
		}),
		fault(fault, more) {
			lab.sandbox.addFault({ ...fault, ...more });
		},
		seeded(name) {
			const isIt: Filter<KeyRecord> = (key) =>
				key.seeded && key.name === name && key.instance !== 'eu';
			return present(lab.sandbox.keys(isIt)[0], `The key ${name}`);
		},
	};

	beforeAll(async () => {
		sandbox = await startSandbox({
			...options,
			onIssue: (value) => {
				createdKeys.push(value);
			},
		});
		engine = await createEngine((...entry) => {
			log.push(entry);
		});
	});

	afterEach(() => {
		const { certCentral, partner } = lab.sandbox;
		const adminKeys = [certCentral.us, certCentral.eu, partner].flatMap(({ keys }) =>
			Object.values(keys),
		);
		lab.sandbox.reset();
		lab.engine.subWorkflows.clear();
		expectSecretsKept({
			runs: runs.splice(0),
			log: log.splice(0),
			adminKeys,
			createdKeys: createdKeys.splice(0),
		});
	});

	afterAll(async () => {
		await sandbox?.close();
	});

	return lab;
}

/** For `onStart`: cancels the execution once something is so. */
export function cancelWhen(isSo: () => boolean): (stop: () => void) => void {
	return (stop) => {
		const timer = setInterval(() => {
			if (!isSo()) return;
			clearInterval(timer);
			stop();
		}, 5);
		// A run that ends before is not waited for.
		timer.unref();
	};
}
