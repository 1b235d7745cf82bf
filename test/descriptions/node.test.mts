import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type {
	INodeCredentialDescription,
	INodeParameters,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import {
	describeCredentials,
	describeHints,
	describeProperties,
	describeSubtitle,
} from '../../dist/nodes/DigiCert/operations/describe.js';
import { resources } from '../../dist/nodes/DigiCert/operations/index.js';
import { plainType } from '../support/agents.mts';
import { createEngine, PACKAGE_NAME, PACKAGE_ROOT } from '../support/engine.mts';
import type { Engine } from '../support/engine.mts';
import { nodeOf } from '../support/lab.mts';
import { NodeHelpers, Workflow } from '../support/n8n.mts';
import { at, isRecord, parse, present, record, text } from '../support/read.mts';
import { errorOf } from '../support/told.mts';

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

const CREDENTIALS: [string, string, string[]][] = [
	[CERT_CENTRAL, 'DigiCert CertCentral API', ['apiKey', 'region', 'baseUrl']],
	[PARTNER, 'DigiCert Partner Subscriptions API', ['apiKey', 'baseUrl']],
];

let engine: Engine;
let type: INodeType;
let description: INodeTypeDescription;
beforeAll(async () => {
	engine = await createEngine();
	type = plainType(present(engine.loader.nodeTypes.digiCert).type);
	({ description } = type);
});

const credential = (name: string) => present(engine.loader.credentialTypes[name]).type;

/** What a field offers, of any kind. */
const inside = ({ options = [] }: INodeProperties) => options.map(record);

function isField(value: unknown): value is INodeProperties {
	return isRecord(value) && 'displayName' in value && 'type' in value;
}

/** Fields, and everything inside of collections among them. */
function allFields(fields: INodeProperties[] = description.properties): INodeProperties[] {
	return fields.flatMap((field) => [
		field,
		...(field.type === 'collection' ? allFields((field.options ?? []).filter(isField)) : []),
	]);
}

type Shown = INodeProperties | INodeCredentialDescription;
const isShown = (parameters: INodeParameters, what: Shown) =>
	NodeHelpers.displayParameter(parameters, what, { typeVersion: 1 }, description);
const shownFor = (parameters: INodeParameters) =>
	description.properties.filter((field) => isShown(parameters, field));
const operationsOf = (resource: string) =>
	present(shownFor({ resource }).find(({ name }) => name === 'operation'));
const labelsOf = (field: INodeProperties) =>
	Object.fromEntries(inside(field).map(({ value, name }) => [text(value), name]));

test('the node has the name, the version and the place that the contract gives it', () => {
	expect(description).toMatchObject({ name: 'digiCert', displayName: 'DigiCert', version: 1 });
	const { replacements } = record(description.usableAsTool);
	expect(record(replacements).description).toContain('api_key_jwe');
});

test('resources and operations are those of the contract, with their labels', () => {
	expect(labelsOf(at(description.properties, 0))).toEqual(
		Object.fromEntries(Object.entries(CONTRACT).map(([value, { label }]) => [value, label])),
	);
	for (const [resource, { operations }] of Object.entries(CONTRACT)) {
		expect(labelsOf(operationsOf(resource))).toEqual(operations);
	}
});

describe.each(OPERATIONS)('$label', ({ resource, operation, credential: wanted }) => {
	test('asks for exactly its own credential', () => {
		const shown = (description.credentials ?? []).filter((entry) =>
			isShown({ resource, operation }, entry),
		);
		expect(shown).toMatchObject([{ name: wanted, required: true }]);
		expect(credential(wanted).supportedNodes).toContain('digiCert');
	});

	test('has an action in sentence case and a description that says more than its name', () => {
		const option = present(inside(operationsOf(resource)).find(({ value }) => value === operation));
		const action = text(option.action);
		expect(action).toMatch(/^[A-Z][a-z]+ (?!.*\b(a|an|the)\b)/);
		expect(action.replace(/API/g, '')).toMatch(/^[A-Z][^A-Z]*$/);
		expect(text(option.description).length).toBeGreaterThan(text(option.name).length);
	});

	test('shows required fields first and one collection of options last', () => {
		const [, , ...form] = shownFor({ resource, operation });
		expect(form.at(-1)).toMatchObject({ name: 'options', type: 'collection' });
		const required = form.map((field) => field.required === true);
		expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)));
		expect(new Set(form.map(({ name }) => name)).size).toBe(form.length);
	});

	test('has its API under the node on the canvas', () => {
		const node = nodeOf('DigiCert', `${PACKAGE_NAME}.digiCert`, {
			parameters: { resource, operation },
		});
		const { nodeTypes } = engine;
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		const subtitle = workflow.expression.getSimpleParameterValue(
			node,
			present(description.subtitle),
			'internal',
			{},
		);
		expect(subtitle).toBe(present(resources[resource]).api.label);
	});
});

test('a new operation in the table appears in the dropdown, with its form and its hint', () => {
	const field = { displayName: 'Depth', name: 'depth', type: 'number', default: 1 } as const;
	const about = { name: 'Dig User API Key', action: 'Dig user API key', description: 'Dig' };
	const execute = () => Promise.resolve([]);
	const dig = { ...about, hint: 'Careful', fields: [field], execute };
	const userApiKey = present(resources.userApiKey);
	const operations = { ...userApiKey.operations, dig };
	const table = { ...resources, userApiKey: { ...userApiKey, operations } };

	const properties = describeProperties(table);
	const shown = { show: { resource: ['userApiKey'], operation: ['dig'] } };
	expect(properties).toContainEqual({ ...field, displayOptions: shown });
	const dropdown = properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.resource?.includes('userApiKey'),
	);
	expect(dropdown?.options).toContainEqual({ ...about, value: 'dig' });
	expect(describeCredentials(table)).toEqual(describeCredentials(resources));
	expect(describeHints(table).map(({ message }) => message)).toContain('Careful');
	expect(describeSubtitle(table)).toBe(describeSubtitle(resources));
});

test('a hint is shown for its own operation only', () => {
	const hint = description.hints?.find(({ message }) => message.includes('becomes revoked'));
	expect(hint?.displayCondition).toBe(
		'={{ $parameter.resource === "userApiKey" && $parameter.operation === "revoke" }}',
	);
});

/** Paths of what n8n shows or goes by and is empty, at any depth. */
function emptyTexts(value: unknown, where: string): string[] {
	if (typeof value !== 'object' || value === null) return value === '' ? [where] : [];
	return Object.entries(value).flatMap(([field, inner]) =>
		['default', 'value'].includes(field) ? [] : emptyTexts(inner, `${where}.${field}`),
	);
}

test('no label, type, placeholder or other text of a node or credential is empty', () => {
	const { nodeTypes, credentialTypes } = engine.loader;
	const nodes = Object.entries(nodeTypes).map(
		([name, node]) => [name, plainType(node.type).description] as const,
	);
	const credentials = Object.entries(credentialTypes).map(
		([
			name,
			{
				type: { displayName, properties, test: check },
			},
		]) => [name, { displayName, properties, check }] as const,
	);
	const all = [...nodes, ...credentials];
	expect(all).toHaveLength(4);
	expect(all.flatMap(([name, described]) => emptyTexts(described, name))).toEqual([]);
});

describe('every field', () => {
	test('has a label in title case, a default, and no dead end', () => {
		for (const field of allFields()) {
			expect(field.displayName).toMatch(/^[A-Z0-9]/);
			expect(field).toHaveProperty('default');
			expect(field.description ?? 'None').toMatch(
				field.type === 'boolean' ? /^Whether / : /^[A-Z]/,
			);
			if (field.type === 'string') expect(field.placeholder ?? 'e.g. ').toMatch(/^e\.g\. /);
		}
	});

	test('of options offers its default, in alphabetical order', () => {
		for (const field of allFields().filter((each) => each.type === 'options')) {
			const names = inside(field).map(({ name }) => text(name));
			expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
			expect(inside(field).map(({ value }) => value)).toContain(field.default);
		}
	});

	test('that picks one record can always be typed, and the editor checks what is typed', () => {
		// In a collection, n8n would hold fields of the same name outside of it to the check.
		const locators = description.properties.filter((field) => field.type === 'resourceLocator');
		expect(locators.length).toBeGreaterThan(0);
		for (const { modes = [], default: start } of locators) {
			expect(start).toEqual({ mode: 'list', value: '' });
			const picker = present(modes.find(({ name }) => name === 'list')).typeOptions;
			expect(type.methods?.listSearch).toHaveProperty(text(picker?.searchListMethod));
			const [check] = present(modes.find(({ name }) => name === 'id')).validation ?? [];
			const pattern = new RegExp(text(record(record(check).properties).regex));
			const taken = ['1', '125039', ' 7 ', '9007199254740991'];
			expect(taken.filter((id) => !pattern.test(id))).toEqual([]);
			const refused = ['', '0', '-1', '1.5', 'you', '1/2', '1?a', '7 8', 'x7', '7x'];
			expect(refused.filter((id) => pattern.test(id))).toEqual([]);
		}
	});

	test('has the defaults of the contract', () => {
		const defaultsOf = (resource: string, operation: string) => {
			const options = shownFor({ resource, operation }).find(({ name }) => name === 'options');
			return Object.fromEntries(
				inside(present(options)).map(({ name, default: value }) => [text(name), value]),
			);
		};
		const common = { concurrency: 10, timeout: 30000, rateLimitWait: 180 };
		const creating = { ...common, recipientPublicKey: '', rollback: true };
		const lostReply = 'report';
		const issuing = { ...creating, ifNameExists: 'create', lostReply, verify: false };
		for (const resource of ['userApiKey', 'subaccountApiKey']) {
			expect(defaultsOf(resource, 'create')).toMatchObject(issuing);
			expect(defaultsOf(resource, 'rotate')).toMatchObject(issuing);
			expect(defaultsOf(resource, 'get')).toEqual(common);
		}
		expect(defaultsOf('serviceUser', 'create')).toMatchObject({ ...creating, lostReply });
		expect(defaultsOf('subaccount', 'create')).toMatchObject(creating);
		const role = allFields().find(({ name }) => name === 'restrictedToRoleId');
		expect(role?.default).toBe(0);
	});
});

test.each([
	['userApiKey', 'destroy', 'destroy'],
	['userApiKey', 'toString', 'toString'],
	['moon', 'get', ''],
])('a saved workflow with %s: %s is told so', async (resource, operation, told) => {
	const parameters = { resource, operation };
	const execution = await engine.run({
		nodes: [
			nodeOf('Start', 'n8n-nodes-base.manualTrigger'),
			nodeOf('DigiCert', `${PACKAGE_NAME}.digiCert`, { parameters }),
		],
		connections: { Start: { main: [[{ node: 'DigiCert', type: 'main', index: 0 }]] } },
	});
	expect(errorOf(execution).message).toBe(
		`There is no operation '${told}' of the resource '${resource}'`,
	);
	expect(errorOf(execution).description).toContain('Choose the operation again');
});

describe.each(CREDENTIALS)('the credential %s', (name, displayName, fields) => {
	test('has the names that the contract gives it', () => {
		const { properties } = credential(name);
		expect(credential(name)).toMatchObject({ name, displayName });
		// n8n adds its own fields for allowed domains to credentials that authenticate.
		expect(properties.slice(0, fields.length).map((field) => field.name)).toEqual(fields);
	});

	test('keeps its key hidden, can be tested, and leads to its documentation', () => {
		const { properties, test: trial, documentationUrl } = credential(name);
		expect(properties[0]).toMatchObject({ required: true, typeOptions: { password: true } });
		expect(trial?.request).toMatchObject({ disableFollowRedirect: true });
		expect(documentationUrl).toMatch(/^https:\/\/dev\.digicert\.com\//);
	});
});

test('the regions and base URLs are those of the contract', () => {
	const [, region, baseUrl] = credential(CERT_CENTRAL).properties;
	expect(Object.keys(labelsOf(present(region)))).toEqual(['custom', 'eu', 'us']);
	expect(region?.default).toBe('us');
	expect(baseUrl?.displayOptions).toEqual({ show: { region: ['custom'] } });
	expect(credential(PARTNER).properties[1]?.default).toBe(
		'https://www.digicert.com/partner-subscription/api/v1',
	);
});

test.each([
	['digiCert', 'DigiCert', 'docs/options.md'],
	['digiCertTrigger', 'DigiCertTrigger', 'docs/trigger.md'],
])('the Docs link of %s leads to a page of this package', (type, file, page) => {
	const { documentationUrl } = plainType(
		engine.nodeTypes.getByName(`${PACKAGE_NAME}.${type}`),
	).description;
	const codex = parse(
		readFileSync(path.join(PACKAGE_ROOT, 'dist', 'nodes', 'DigiCert', `${file}.node.json`), 'utf8'),
	);
	const { primaryDocumentation } = record(record(codex).resources);
	expect(documentationUrl).toMatch(new RegExp(`/blob/main/${page}$`));
	expect(primaryDocumentation).toContainEqual({ url: documentationUrl });
	expect(existsSync(path.join(PACKAGE_ROOT, page))).toBe(true);
});
