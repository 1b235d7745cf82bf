import type { IDataObject, INode, Workflow as WorkflowType } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { credentialFor, nodeOf } from '../support/lab.mts';
import type { Lab } from '../support/lab.mts';
import { Container, PollContext, PollTriggerExecutor, Workflow } from '../support/n8n.mts';
import { dataObject, parameters, parse } from '../support/read.mts';

/** What came of one poll: events, nothing, or an error. */
export interface Polled {
	events: IDataObject[];
	error: Error | undefined;
	/** Why it did not work, in n8n's own words for it. */
	failure: unknown;
}

/** How n8n runs polls. */
export interface HostOptions {
	watch?: string;
	/** Parameters of the trigger over the defaults. */
	fields?: Record<string, unknown>;
	/** Fields of the credential over the usual ones. */
	credential?: Record<string, unknown>;
	/** Whether the state is saved together with the execution (durable cursors). */
	durable?: boolean;
}

/**
 * A workflow with the trigger in n8n-core's own poll executor and poll context, with what n8n's
 * server does around them: it saves the workflow's static data with a poll that has items.
 */
export class PollHost {
	readonly #lab: Pick<Lab, 'engine' | 'sandbox' | 'log'>;
	readonly #options: HostOptions;
	#node: INode | undefined;
	#workflow: WorkflowType | undefined;
	/** The workflow's static data in n8n's database. */
	saved = '{}';
	/** What n8n gives a poll, in ms; undefined for an n8n that does not tell (before 2.38). */
	budgetMs: number | undefined = 300_000;
	/** The cursor in n8n's database, with `durable`. */
	cursor: IDataObject = {};

	constructor(lab: Pick<Lab, 'engine' | 'sandbox' | 'log'>, options: HostOptions = {}) {
		this.#lab = lab;
		this.#options = options;
	}

	async #nodeNow(): Promise<INode> {
		if (this.#node !== undefined) return this.#node;
		const { watch = 'userApiKeys', fields = {}, credential = {} } = this.#options;
		const { type, fields: usual } = credentialFor(
			watch === 'subaccountApiKeys' ? 'subaccountApiKey' : 'userApiKey',
			this.#lab.sandbox,
		);
		const stored = await this.#lab.engine.credentials.store(type, { ...usual, ...credential });
		this.#node = nodeOf('DigiCert Trigger', 'n8n-nodes-digicert.digiCertTrigger', {
			parameters: parameters({ watch, ...fields }),
			credentials: { [type]: stored },
		});
		return this.#node;
	}

	/** The workflow as n8n holds it while it is active. */
	async #workflowNow(): Promise<WorkflowType> {
		this.#workflow ??= new Workflow({
			id: 'test',
			name: 'test',
			active: true,
			nodeTypes: this.#lab.engine.nodeTypes,
			nodes: [await this.#nodeNow()],
			connections: {},
			staticData: dataObject(parse(this.saved)),
		});
		return this.#workflow;
	}

	/** n8n ends and starts again. */
	restart(): void {
		this.#workflow = undefined;
	}

	/** The node gets another name, and the workflow is published anew. */
	rename(name: string): void {
		this.#workflow = undefined;
		if (this.#node !== undefined) this.#node = { ...this.#node, name };
	}

	/** The state as it is in n8n's memory. */
	async state(): Promise<unknown> {
		const workflow = await this.#workflowNow();
		const data = this.#options.durable
			? this.cursor
			: workflow.getStaticData('node', await this.#nodeNow());
		return data.state;
	}

	/** n8n saves the static data once after it has activated a workflow. */
	async activate(): Promise<Polled> {
		const polled = await this.poll();
		await this.#save();
		return polled;
	}

	async #save(): Promise<void> {
		this.saved = JSON.stringify((await this.#workflowNow()).staticData);
	}

	async poll(mode: 'trigger' | 'manual' = 'trigger'): Promise<Polled> {
		const workflow = await this.#workflowNow();
		const node = workflow.getNode((await this.#nodeNow()).name);
		if (node === null) throw new Error('There is no trigger');
		const { durable = false } = this.#options;
		const polled: Polled = { events: [], error: undefined, failure: undefined };
		const staged = structuredClone(this.cursor);
		const additionalData = this.#lab.engine.additionalData({ nodes: [node], connections: {} });
		const commit = () => {
			this.cursor = structuredClone(staged);
			return Promise.resolve();
		};
		const context = new PollContext(
			workflow,
			node,
			additionalData,
			mode,
			'update',
			(data) => {
				polled.events = data.flat().map(({ json }) => json);
				if (durable) void commit();
				else this.saved = JSON.stringify(workflow.staticData);
			},
			(error) => {
				polled.error = error;
				if (error instanceof NodeApiError || error instanceof NodeOperationError) {
					polled.failure = error.failure;
				}
			},
			durable ? commit : undefined,
			undefined,
			durable ? () => staged : undefined,
			() => this.budgetMs ?? 0,
		);
		if (this.budgetMs === undefined) {
			Object.defineProperty(context, 'getPollBudgetMs', { value: undefined });
		}
		const executor = Container.get(PollTriggerExecutor);
		await executor.create(workflow, node, context, () => true)();
		// What a poll says goes where n8n keeps errors and logs, so it must not hold a key.
		this.#lab.log.push(polled.error);
		return polled;
	}
}

/** What an administrator does beside n8n, at the API. */
export class Hand {
	readonly #url: string;
	readonly #headers: Record<string, string>;
	readonly #isPartner: boolean;
	readonly #owner: number;

	constructor({ sandbox: { certCentral, partner } }: Lab, watch: string) {
		this.#isPartner = watch === 'subaccountApiKeys';
		const { us } = certCentral;
		this.#url = this.#isPartner ? partner.baseUrl : us.baseUrl;
		this.#owner = this.#isPartner ? partner.accounts.subaccount : us.users.person;
		this.#headers = {
			'content-type': 'application/json',
			...(this.#isPartner
				? { 'x-partner-apikey': partner.keys.parent }
				: { 'x-dc-devkey': us.keys.administrator }),
		};
	}

	async #send(method: string, path: string, body: object): Promise<unknown> {
		const response = await fetch(this.#url + path, {
			method,
			headers: this.#headers,
			body: JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
		return text === '' ? undefined : parse(text);
	}

	/** Makes a key. Gives its ID. */
	async make(name: string): Promise<number> {
		const path = this.#isPartner ? `/api-key/account/${this.#owner}` : `/key/user/${this.#owner}`;
		return Number(dataObject(await this.#send('POST', path, { name })).id);
	}

	async setStatus(id: number, live: boolean): Promise<void> {
		const off = this.#isPartner ? 'inactive' : 'revoked';
		const path = `${this.#isPartner ? '/api-key' : '/key'}/${id}/status`;
		await this.#send('PUT', path, { status: live ? 'active' : off });
	}

	/** CertCentral only. */
	async change(id: number, name: string, role: number): Promise<void> {
		await this.#send('PUT', `/key/${id}`, { name, restricted_to_role_id: role });
	}
}
