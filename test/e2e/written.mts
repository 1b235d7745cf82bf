/**
 * What `npm run e2e:write` found is kept in results.json; the tables in the documentation follow
 * from it, and a test sees when one was changed by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { splitAt, table, unaligned, withBetween } from '../../tools/markdown.mts';
import { isRecord, list, parse, record, text } from '../support/read.mts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const RESULTS = path.join(import.meta.dirname, 'results.json');

/** The tests of one project that passed, in which n8n and on which Node.js. */
export interface Passed {
	n8n: string;
	node: string;
	checks: number;
}

/** By project: newest, oldest, editor; and the rows of the queue's table. */
export interface Results {
	newest: Passed;
	oldest: Passed;
	editor: Passed;
	queue: (string | number)[][];
}

function isPassed(value: unknown): value is Passed {
	if (!isRecord(value)) return false;
	const { n8n, node, checks } = value;
	return typeof n8n === 'string' && typeof node === 'string' && typeof checks === 'number';
}

/** @throws {Error} when it is no row of a table */
export function rowOf(value: unknown): (string | number)[] {
	return list(value).map((cell) => (typeof cell === 'number' ? cell : text(cell)));
}

/** The results of the last runs that were written. */
export function readResults(): Results {
	const { newest, oldest, editor, queue } = record(parse(readFileSync(RESULTS, 'utf8')));
	if (!isPassed(newest) || !isPassed(oldest) || !isPassed(editor)) {
		throw new Error(`${RESULTS} lacks results`);
	}
	return { newest, oldest, editor, queue: list(queue).map(rowOf) };
}

const QUEUE_HEAD = [
	...['', 'Executions on the workers', 'Live keys', 'Delivered', 'Named by an error'],
	...['Unseen', 'Found by the audit', 'Callers with an error', 'Callers without an answer'],
];

/** The generated tables: where each stands, between `<!-- mark -->` and `<!-- /mark -->`. */
export function tables({ newest, oldest, editor, queue }: Results) {
	const versions = [
		['n8n', 'Node.js', 'Credentials, workflows, hand-over', 'Editor'],
		...[newest, oldest].map(({ n8n, node, checks }) => [
			...[n8n, node, `${checks} checks passed`],
			n8n === editor.n8n ? `${editor.checks} checks passed` : 'not tried',
		]),
	];
	return [
		{ page: 'README.md', mark: 'e2e:versions', rows: versions },
		{ page: 'docs/scaling-out.md', mark: 'e2e:counts', rows: [QUEUE_HEAD, ...queue] },
	];
}

/** What a page has in place of a generated table, unaligned. */
export function written(page: string, mark: string): string {
	return unaligned(splitAt(readFileSync(path.join(ROOT, page), 'utf8'), mark)[1]);
}

/** Enters new results, and writes the tables anew. */
export async function write(found: Partial<Results>): Promise<void> {
	// Jest, whose tests read what was written, cannot load it.
	const { format, resolveConfig } = await import('prettier');
	const results = { ...readResults(), ...found };
	const style = await resolveConfig(RESULTS);
	const json = await format(JSON.stringify(results), { ...style, filepath: RESULTS });
	writeFileSync(RESULTS, json);
	for (const { page, mark, rows } of tables(results)) {
		const filepath = path.join(ROOT, page);
		const text = withBetween(readFileSync(filepath, 'utf8'), mark, table(rows));
		writeFileSync(filepath, await format(text, { ...style, filepath }));
	}
}
