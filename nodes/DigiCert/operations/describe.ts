import type {
	IExecuteFunctions,
	INodeCredentialDescription,
	INodeExecutionData,
	INodeProperties,
	NodeHint,
} from 'n8n-workflow';

import type { DigiCertApi } from '../digicert/apis';
import { addTo, byCode } from '../values';

/** One operation: a form for the user, and what it does. */
export interface OperationDefinition {
	/** Label in the operation list, Title Case, with the object in it. */
	readonly name: string;
	/** Entry in n8n's nodes panel, sentence case. */
	readonly action: string;
	readonly description: string;
	/** What the editor says beside the form before the operation runs, where a user has to know it. */
	readonly hint?: string;
	/** The form, without display conditions: they follow from the operation's place in the table. */
	readonly fields: readonly INodeProperties[];
	/**
	 * Handles all input items, and gives output items in their order, each paired with its own.
	 * Throws a node error to stop the workflow; never throws when the user chose to continue.
	 */
	readonly execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
}

/** A kind of DigiCert object. Its key in the table is what saved workflows hold. */
interface ResourceDefinition {
	readonly name: string;
	/** The API it lives in, which decides the credential. */
	readonly api: DigiCertApi;
	/** By the value that saved workflows hold. */
	readonly operations: Readonly<Record<string, OperationDefinition>>;
}

export type ResourceTable = Readonly<Record<string, ResourceDefinition>>;

function byName(a: { name: string }, b: { name: string }): number {
	return byCode(a.name, b.name);
}

function resourceField(table: ResourceTable): INodeProperties {
	return {
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(table)
			.map(([value, { name }]) => ({ name, value }))
			.sort(byName),
		default: 'userApiKey',
	};
}

function operationField(resource: string, { operations }: ResourceDefinition): INodeProperties {
	const start = 'create' in operations ? 'create' : 'get';
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: Object.entries(operations)
			.map(([value, { name, action, description }]) => ({ name, value, action, description }))
			.sort(byName),
		default: start,
	};
}

/**
 * A field of an operation's form, shown for this operation. That condition comes first: n8n takes a
 * field for shown as soon as it comes to a value that is an expression, whatever the conditions
 * after it say, and would take the default of another operation's field of the same name.
 */
function fieldOf(resource: string, operation: string, field: INodeProperties): INodeProperties {
	const { show } = field.displayOptions ?? {};
	return {
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { resource: [resource], operation: [operation], ...show },
		},
	};
}

/** The node's parameters: resource, operation, then each operation's own form. */
export function describeProperties(table: ResourceTable): INodeProperties[] {
	const operationFields = Object.entries(table).map((entry) => operationField(...entry));
	const forms = Object.entries(table).flatMap(([resource, { operations }]) =>
		Object.entries(operations).flatMap(([operation, { fields }]) =>
			fields.map((field) => fieldOf(resource, operation, field)),
		),
	);
	return [resourceField(table), ...operationFields, ...forms];
}

/** One credential for each API, shown with the resources that live in it. */
export function describeCredentials(table: ResourceTable): INodeCredentialDescription[] {
	const resourcesOf = new Map<string, string[]>();
	for (const [resource, { api }] of Object.entries(table)) {
		addTo(resourcesOf, api.credential, resource);
	}
	return [...resourcesOf].map(([name, resource]) => ({
		name,
		required: true,
		displayOptions: { show: { resource } },
	}));
}

/** The operations' hints, each shown for its own operation. */
export function describeHints(table: ResourceTable): NodeHint[] {
	const hints: NodeHint[] = [];
	for (const [resource, { operations }] of Object.entries(table)) {
		for (const [operation, { hint }] of Object.entries(operations)) {
			if (hint === undefined) continue;
			hints.push({
				message: hint,
				displayCondition: `={{ $parameter.resource === "${resource}" && $parameter.operation === "${operation}" }}`,
				whenToDisplay: 'beforeExecution',
				location: 'outputPane',
			});
		}
	}
	return hints;
}

/**
 * An expression that shows the API under the node on the canvas: n8n names the node after its
 * operation, so that would stand there twice.
 */
export function describeSubtitle(table: ResourceTable): string {
	const labels = Object.entries(table).map(([resource, { api }]) => [resource, api.label]);
	// Spaces keep the braces of the object apart: "}}" would end the expression.
	const map = JSON.stringify(Object.fromEntries(labels)).replace(/\{/g, '{ ').replace(/\}/g, ' }');
	return `={{ (${map})[$parameter.resource] }}`;
}
