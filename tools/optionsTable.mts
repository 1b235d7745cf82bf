/**
 * Writes the tables of docs/options.md out of the built nodes and credentials.
 *
 * `npx tsx tools/optionsTable.mts` says whether the page is right, `--write` sets it right.
 * test/descriptions/options.test.mts holds it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { operations, optionTables } from './described.mts';
import type { Table } from './described.mts';
import { table, withBetween } from './markdown.mts';

export const PAGE = path.join(process.cwd(), 'docs', 'options.md');

/** A label's words without what would end a cell of a table. */
function cell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}

/** The rows of a table, as cells. */
function rowsOf({ fields }: Table): string[][] {
	const withOn = fields.some(({ on }) => on.length > 0);
	const head = ['Field', 'Values (default)', ...(withOn ? ['On'] : []), 'What it does'];
	return [
		head,
		...fields.map(({ name, label, values, on, meaning }) =>
			[`${label} (\`${name}\`)`, values, ...(withOn ? [on.join(', ')] : []), meaning].map(cell),
		),
	];
}

function operationsTable(): string {
	const rows = operations().map(({ resource, label, meaning, credential }) =>
		[resource, label, meaning, credential].map(cell),
	);
	const head = ['Resource', 'Operation', 'What it does', 'Credential'];
	return `### Operations\n\n${table([head, ...rows])}`;
}

/** All tables as Markdown, each under a heading of its own. */
function markdown(tables: Table[]): string {
	return tables
		.filter(({ fields }) => fields.length > 0)
		.map((of) => `### ${of.heading}\n\n${table(rowsOf(of))}`)
		.join('\n\n');
}

/**
 * The page with the tables between its markers, and each explained field under its label; its
 * tables are not aligned yet. Throws when the page has no place for them.
 */
export function withTables(page: string): string {
	const tables = optionTables();
	let text = withBetween(page, 'fields', `${operationsTable()}\n\n${markdown(tables)}`);
	// An option's label goes before that of a field of the same name elsewhere.
	const isOptions = ({ heading }: Table) => heading.endsWith(': Options');
	const inOrder = [...tables.filter((one) => !isOptions(one)), ...tables.filter(isOptions)];
	for (const { name, label } of inOrder.flatMap(({ fields }) => fields)) {
		text = text.replace(
			new RegExp(`(<!-- field: ${name} -->\\n\\n### )[^\\n]*`),
			(_, start: string) => `${start}${label}`,
		);
	}
	return text;
}

async function main(): Promise<void> {
	const page = readFileSync(PAGE, 'utf8');
	// Not at the top: prettier cannot be loaded by jest.
	const { format, resolveConfig } = await import('prettier');
	const right = await format(withTables(page), {
		...(await resolveConfig(PAGE)),
		filepath: PAGE,
	});
	if (process.argv.includes('--write')) {
		writeFileSync(PAGE, right);
	} else if (right !== page) {
		console.error(
			'docs/options.md is not what the nodes say: npx tsx tools/optionsTable.mts --write',
		);
		process.exitCode = 1;
	}
}

if (process.argv[1]?.endsWith('optionsTable.mts') === true) void main();
