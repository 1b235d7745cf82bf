import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { NodeHelpers, Workflow } from 'n8n-workflow';

import { resources } from '../../dist/nodes/DigiCert/operations/index.js';
import {
	describeCredentials,
	describeHints,
	describeProperties,
	describeSubtitle,
} from '../../dist/nodes/DigiCert/operations/describe.js';
import { dispatch } from '../../dist/nodes/DigiCert/operations/dispatch.js';
import { createEngine, PACKAGE_NAME, PACKAGE_ROOT } from '../support/engine.mts';
import { errorOf } from '../support/told.mts';
import { at } from '../support/read.mts';

const CERT_CENTRAL = 'digiCertCertCentralApi';
const PARTNER = 'digiCertPartnerApi';

/** The contract: resources, operations, credentials. Saved workflows hold these values. */
const CONTRACT = {
	serviceUser: {
		label: 'Service User',
		credential: CERT_CENTRAL,
		operations: { create: 'Create Service User', getMany: 'Get Many Service Users' },
	},
	subaccount: {
		label: 'Subaccount',
		credential: PARTNER,
		operations: { create: 'Create Subaccount' },
	},
	subaccountApiKey: {
		label: 'Subaccount API Key',
		credential: PARTNER,
		operations: {
			activate: 'Activate Subaccount API Key',
			create: 'Create Subaccount API Key',
			deactivate: 'Deactivate Subaccount API Key',
			get: 'Get Subaccount API Key',
			getMany: 'Get Many Subaccount API Keys',
			rotate: 'Rotate Subaccount API Key',
		},
	},
	user: {
		label: 'User',
		credential: CERT_CENTRAL,
		operations: { get: 'Get User', getMany: 'Get Many Users' },
	},
	userApiKey: {
		label: 'User API Key',
		credential: CERT_CENTRAL,
		operations: {
			create: 'Create User API Key',
			get: 'Get User API Key',
			getMany: 'Get Many User API Keys',
			reactivate: 'Reactivate User API Key',
			revoke: 'Revoke User API Key',
			rotate: 'Rotate User API Key',
			update: 'Update User API Key',
		},
	},
};
const OPERATIONS = Object.entries(CONTRACT).flatMap(([resource, { operations, credential }]) =>
	Object.entries(operations).map(([operation, label]) => ({
		resource,
		operation,
		label,
		credential,
	})),
);

let engine: any;
let description: any;
beforeAll(async () => {
	engine = await createEngine();
	description = engine.loader.nodeTypes.digiCert.type.description;
});

/** @param {any[]} fields @returns {any[]} the fields and everything inside them */
function allFields(fields) {
	return fields.flatMap((field) => [
		field,
		...(field.type === 'collection' ? allFields(field.options) : []),
	]);
}

const shownFor = (parameters: Record<string, string>) =>
	description.properties.filter((field: any) =>
		NodeHelpers.displayParameter(parameters, field, { typeVersion: 1 }, description),
	);

test('the node has the name, the version and the place that the contract gives it', () => {
	expect(description).toMatchObject({ name: 'digiCert', displayName: 'DigiCert', version: 1 });
	expect(description.usableAsTool.replacements.description).toContain('api_key_jwe');
});

test('resources and operations are those of the contract, with their labels', () => {
	const [resource] = description.properties;
	expect(Object.fromEntries(resource.options.map((o: any) => [o.value, o.name]))).toEqual(
		Object.fromEntries(Object.entries(CONTRACT).map(([value, { label }]) => [value, label])),
	);
	for (const [value, { operations }] of Object.entries(CONTRACT)) {
		const field = shownFor({ resource: value }).find((f: any) => f.name === 'operation');
		expect(Object.fromEntries(field.options.map((o: any) => [o.value, o.name]))).toEqual(
			operations,
		);
	}
});

describe.each(OPERATIONS)('$label', ({ resource, operation, label, credential }) => {
	test('asks for exactly its own credential', () => {
		const shown = description.credentials.filter((entry: any) =>
			NodeHelpers.displayParameter({ resource, operation }, entry, { typeVersion: 1 }, description),
		);
		expect(shown.map(({ name }: any) => name)).toEqual([credential]);
		expect(shown[0].required).toBe(true);
		expect(engine.loader.credentialTypes[credential].type.supportedNodes).toEqual(['digiCert']);
	});

	test('has an action in sentence case and a description that says more than its name', () => {
		const options = shownFor({ resource }).find((f: any) => f.name === 'operation').options;
		const option = options.find((o: any) => o.value === operation);
		expect(option.action).toMatch(/^[A-Z][a-z]+ (?!.*\b(a|an|the)\b)/);
		expect(option.action.replace(/API/g, '')).toMatch(/^[A-Z][^A-Z]*$/);
		expect(option.description.length).toBeGreaterThan(option.name.length);
	});

	test('shows required fields first and one collection of options last', () => {
		const [, , ...form] = shownFor({ resource, operation });
		expect(form.at(-1)).toMatchObject({ name: 'options', type: 'collection' });
		const required = form.map(({ required }: any) => required === true);
		expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
		expect(new Set(form.map(({ name }: any) => name)).size).toBe(form.length);
	});

	test('has its label under the node on the canvas', () => {
		const node = {
			id: '1',
			name: 'DigiCert',
			type: `${PACKAGE_NAME}.digiCert`,
			typeVersion: 1,
			position: [0, 0],
			parameters: { resource, operation },
		};
		const workflow = new Workflow(
			/** @type {any} */ {
				nodes: [node],
				connections: {},
				active: false,
				nodeTypes: engine.nodeTypes,
			},
		);
		const subtitle = workflow.expression.getSimpleParameterValue(
			/** @type {any} */ node,
			description.subtitle,
			'internal',
			{},
		);
		expect(subtitle).toBe(label);
	});

	test('has a schema that n8n finds beside the built node', () => {
		const folder = path.dirname(engine.loader.nodeTypes.digiCert.sourcePath);
		const file = path.join(
			PACKAGE_ROOT,
			folder,
			'__schema__',
			'v1.0.0',
			resource,
			`${operation}.json`,
		);
		expect(existsSync(file)).toBe(true);
		expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ type: 'object' });
	});
});

test('a new operation in the table appears in the dropdown, with its form and its hint', () => {
	const field = { displayName: 'Depth', name: 'depth', type: 'number', default: 1 };
	const dig = {
		name: 'Dig User API Key',
		action: 'Dig user API key',
		description: 'Dig',
		hint: 'Careful',
		fields: [field],
	};
	const { userApiKey } = resources;
	const operations = { ...userApiKey.operations, dig };
	const table = /** @type {any} */ { ...resources, userApiKey: { ...userApiKey, operations } };

	const shown = { show: { resource: ['userApiKey'], operation: ['dig'] } };
	const properties = describeProperties(table);
	expect(properties).toContainEqual({ ...field, displayOptions: shown });
	const dropdown = properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.resource?.includes('userApiKey'),
	);
	expect(dropdown?.options).toContainEqual({
		name: dig.name,
		value: 'dig',
		action: dig.action,
		description: dig.description,
	});
	expect(describeCredentials(table)).toEqual(describeCredentials(resources));
	expect(describeHints(table).map(({ message }) => message)).toContain('Careful');
	expect(describeSubtitle(table)).toContain('"userApiKey.dig":"Dig User API Key"');
});

test('a hint is shown for its own operation only', () => {
	const hint = description.hints.find(({ message }: any) => /'revoked'\. \(/.test(message));
	expect(hint.displayCondition).toBe(
		'={{ $parameter.resource === "userApiKey" && $parameter.operation === "revoke" }}',
	);
});

describe('every field', () => {
	test('has a label in title case, a default, and no dead end', () => {
		for (const field of allFields(description.properties)) {
			expect(field.displayName).toMatch(/^[A-Z0-9]/);
			expect(field).toHaveProperty('default');
			if (field.description !== undefined) expect(field.description).toMatch(/^[A-Z]/);
			if (field.type === 'boolean') expect(field.description).toMatch(/^Whether /);
			if (field.placeholder !== undefined && field.type === 'string') {
				expect(field.placeholder).toMatch(/^e\.g\. /);
			}
		}
	});

	test('of options offers its default, in alphabetical order', () => {
		for (const field of allFields(description.properties).filter(
			({ type }) => type === 'options',
		)) {
			const names = field.options.map(({ name }: any) => name);
			expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
			expect(field.options.map(({ value }: any) => value)).toContain(field.default);
		}
	});

	test('that picks one record can always be typed, and the editor checks what is typed', () => {
		// In a collection, n8n would hold fields of the same name outside of it to the check.
		const locators = description.properties.filter(
			(/** @type {any} */ { type }) => type === 'resourceLocator',
		);
		expect(locators.length).toBeGreaterThan(0);
		for (const { modes, default: start } of locators) {
			expect(start).toEqual({ mode: 'list', value: '' });
			const list = modes.find(({ name }: any) => name === 'list');
			const { listSearch } = engine.loader.nodeTypes.digiCert.type.methods;
			expect(listSearch).toHaveProperty(list.typeOptions.searchListMethod);
			const byId = modes.find(({ name }: any) => name === 'id');
			const pattern = new RegExp(byId.validation[0].properties.regex);
			expect(['1', '125039', ' 7 ', '9007199254740991'].every((id) => pattern.test(id))).toBe(true);
			expect(['', '0', '-1', '1.5', 'you', '1/2', '1?a'].some((id) => pattern.test(id))).toBe(
				false,
			);
		}
	});

	test('has the defaults of the contract', () => {
		const defaultsOf = (resource: string, operation: string) => {
			const { options } = allFields(description.properties).find(
				({ name, displayOptions }) =>
					name === 'options' &&
					displayOptions.show.resource.includes(resource) &&
					displayOptions.show.operation.includes(operation),
			);
			return Object.fromEntries(options.map((o: any) => [o.name, o.default]));
		};
		const common = { concurrency: 10, timeout: 30000, rateLimitWait: 180 };
		const creating = { ...common, recipientPublicKey: '', rollback: true };
		const lostReply = 'report';
		const issuing = { ...creating, ifNameExists: 'create', lostReply, verify: false };
		for (const resource of ['userApiKey', 'subaccountApiKey']) {
			expect(defaultsOf(resource, 'create')).toEqual(issuing);
			expect(defaultsOf(resource, 'rotate')).toEqual(issuing);
			expect(defaultsOf(resource, 'get')).toEqual(common);
		}
		expect(defaultsOf('serviceUser', 'create')).toEqual({ ...creating, lostReply });
		expect(defaultsOf('subaccount', 'create')).toEqual(creating);
		const role = allFields(description.properties).find(
			({ name }) => name === 'restrictedToRoleId',
		);
		expect(role.default).toBe(0);
	});
});

test('a resource that does not exist is told', async () => {
	const context = {
		getNodeParameter: (name: string) => (name === 'resource' ? 'moon' : 'get'),
		getNode: () => ({ name: 'DigiCert' }),
	};
	await expect(dispatch(/** @type {any} */ context)).rejects.toThrow(
		"There is no operation 'get' for the resource 'moon'",
	);
});

test.each(['destroy', 'toString'])(
	'a saved workflow with the operation %p is told so',
	async (operation) => {
		const place = { id: '1', position: [0, 0], typeVersion: 1 };
		const parameters = { resource: 'userApiKey', operation };
		const execution = await engine.run({
			nodes: [
				{ ...place, name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
				{ ...place, id: '2', name: 'DigiCert', type: `${PACKAGE_NAME}.digiCert`, parameters },
			],
			connections: { Start: { main: [[{ node: 'DigiCert', type: 'main', index: 0 }]] } },
		});
		expect(errorOf(execution).message).toBe(
			`There is no operation '${operation}' for the resource 'userApiKey'`,
		);
	},
);
