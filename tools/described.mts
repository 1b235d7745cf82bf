/** What the built nodes and credentials say of themselves: their fields and operations. */
import { createRequire } from 'node:module';
import path from 'node:path';

import type {
	INodeCredentialDescription,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import { isRecord } from '../test/support/read.mts';

const ROOT = process.cwd();

/** A field as the editor shows it, and the operations (or what else) it belongs to. */
export interface Field {
	readonly name: string;
	readonly label: string;
	readonly values: string;
	readonly meaning: string;
	readonly on: string[];
}

/** A table of the page: the heading that it stands under, and its rows. */
export interface Table {
	readonly heading: string;
	readonly fields: Field[];
}

interface Described {
	readonly name: string;
	readonly displayName: string;
	readonly properties: INodeProperties[];
	readonly credentials?: INodeCredentialDescription[];
}

function isDescribed(value: unknown): value is Described {
	return (
		isRecord(value) && typeof value.displayName === 'string' && Array.isArray(value.properties)
	);
}

function isProperty(option: object): option is INodeProperties {
	return 'type' in option;
}

function isChoice(option: object): option is INodePropertyOptions {
	return 'value' in option;
}

/** An instance of each class that the files listed in package.json under `n8n` export. */
function describedBy(list: 'nodes' | 'credentials'): Described[] {
	const load = createRequire(path.join(ROOT, 'package.json'));
	const manifest: unknown = load('./package.json');
	const n8n = isRecord(manifest) && isRecord(manifest.n8n) ? manifest.n8n : {};
	const files = Array.isArray(n8n[list]) ? n8n[list] : [];
	return files.flatMap((file: unknown) => {
		const exported: unknown = load(`./${String(file)}`);
		const classes = isRecord(exported) ? Object.values(exported) : [];
		return classes.flatMap((Class) => {
			if (typeof Class !== 'function') return [];
			const instance: unknown = Reflect.construct(Class, []);
			const inner = isRecord(instance) ? (instance.description ?? instance) : instance;
			const described = isDescribed(inner) ? inner : instance;
			return isDescribed(described) ? [described] : [];
		});
	});
}

/** A plain value as text; nothing for what is none. */
function textOf(value: unknown): string {
	return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}

/** A default and the values to choose from, as the editor words them. */
function valuesOf(property: INodeProperties): string {
	const choices = (property.options ?? []).filter(isChoice);
	const isDefault = ({ value }: INodePropertyOptions) =>
		Array.isArray(property.default)
			? property.default.some((chosen) => chosen === value)
			: property.default === value;
	if (choices.length > 0) {
		return choices
			.map(
				(choice) =>
					`${isDefault(choice) ? `**${choice.name}**` : choice.name} (\`${textOf(choice.value)}\`)`,
			)
			.join(' · ');
	}
	if (property.type === 'boolean')
		return property.default === true ? '**on** · off' : 'on · **off**';
	const { minValue, maxValue } = property.typeOptions ?? {};
	const range =
		minValue === undefined
			? ''
			: maxValue === undefined
				? `, at least ${String(minValue)}`
				: `, ${String(minValue)} to ${String(maxValue)}`;
	const hasDefault =
		(typeof property.default === 'string' && property.default !== '') ||
		typeof property.default === 'number';
	return hasDefault ? `**${textOf(property.default)}**${range}` : range.replace(', ', '');
}

/** Adds a field, or what it is on to one that is the same in every other respect. */
function add(fields: Field[], property: INodeProperties, on: string): void {
	const field = {
		name: property.name,
		label: property.displayName,
		values: valuesOf(property),
		meaning: [property.description, property.hint].filter(Boolean).join(' '),
	};
	const same = fields.find(
		(known) =>
			known.name === field.name &&
			known.label === field.label &&
			known.values === field.values &&
			known.meaning === field.meaning,
	);
	if (same === undefined) fields.push({ ...field, on: [on] });
	else if (!same.on.includes(on)) same.on.push(on);
}

/** The operations' labels by resource and value. */
function operationLabels(properties: INodeProperties[]): Map<string, string> {
	const labels = new Map<string, string>();
	for (const { name, displayOptions, options } of properties) {
		if (name !== 'operation') continue;
		for (const resource of displayOptions?.show?.resource ?? []) {
			for (const choice of (options ?? []).filter(isChoice)) {
				labels.set(`${textOf(resource)}.${textOf(choice.value)}`, choice.name);
			}
		}
	}
	return labels;
}

/** What a property is shown for: operations by their labels, or the node itself. */
function shownOn(property: INodeProperties, labels: Map<string, string>): string[] {
	const show = property.displayOptions?.show ?? {};
	const resources = show.resource ?? [];
	const operations = show.operation ?? [];
	const on = resources.flatMap((resource) =>
		operations.map((operation) => labels.get(`${textOf(resource)}.${textOf(operation)}`)),
	);
	return on.filter((label) => label !== undefined);
}

/** The tables of one node or credential: its fields, and one for each collection. */
function tablesOf({ displayName, properties }: Described): Table[] {
	const labels = operationLabels(properties);
	const all = new Set(labels.values());
	const tables = new Map<string, Field[]>([[displayName, []]]);
	const tableOf = (heading: string): Field[] => {
		const fields = tables.get(heading) ?? [];
		tables.set(heading, fields);
		return fields;
	};
	for (const property of properties) {
		if (property.type === 'notice' || ['resource', 'operation'].includes(property.name)) continue;
		const on = shownOn(property, labels);
		const members =
			property.type === 'collection' ? (property.options ?? []).filter(isProperty) : [property];
		const heading =
			property.type === 'collection' ? `${displayName}: ${property.displayName}` : displayName;
		for (const member of members) {
			for (const label of on.length === 0 ? [''] : on) add(tableOf(heading), member, label);
		}
	}
	return [...tables].map(([heading, fields]) => ({
		heading,
		fields: fields
			.map((field) => ({
				...field,
				on:
					all.size > 0 && all.size === field.on.length ? ['all'] : field.on.filter(Boolean).sort(),
			}))
			.sort((a, b) => a.label.localeCompare(b.label)),
	}));
}

/** All tables of the page, in the order of package.json: nodes, then credentials. */
export function optionTables(): Table[] {
	return [...describedBy('nodes'), ...describedBy('credentials')].flatMap(tablesOf);
}

/** What can be done with each resource of a node, as the editor words it. */
export interface Operation {
	readonly resource: string;
	/** As saved workflows hold it, such as `getMany`. */
	readonly value: string;
	readonly label: string;
	readonly meaning: string;
	readonly credential: string;
}

/** All operations of the nodes that have some, by resource and label. */
export function operations(): Operation[] {
	const credentials = new Map(
		describedBy('credentials').map((credential) => [credential.name, credential.displayName]),
	);
	return describedBy('nodes')
		.flatMap(({ properties, credentials: used = [] }) => {
			const [field] = properties.filter(({ name }) => name === 'resource');
			const resources = (field?.options ?? []).filter(isChoice);
			return properties.flatMap(({ name, displayOptions, options }) => {
				if (name !== 'operation') return [];
				const [value] = displayOptions?.show?.resource ?? [];
				const resource = resources.find((choice) => choice.value === value)?.name ?? '';
				const credential = used.find(({ displayOptions: when }) =>
					when?.show?.resource?.some((shown) => shown === value),
				);
				return (options ?? []).filter(isChoice).map((choice) => ({
					resource,
					value: textOf(choice.value),
					label: choice.name,
					meaning: choice.description ?? '',
					credential: credentials.get(credential?.name ?? '') ?? '',
				}));
			});
		})
		.sort((a, b) => a.resource.localeCompare(b.resource) || a.label.localeCompare(b.label));
}
