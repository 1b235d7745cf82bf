import { cpus, release, totalmem, type } from 'node:os';

import { table } from '../../tools/markdown.mts';
import { median } from './stats.mts';
import type { Series } from './stats.mts';

/** How much is done: rounds, and what share of the items of a full run. */
export interface Extent {
	readonly rounds: number;
	readonly share: number;
}

/** What one part of the benchmark found. */
export interface Part {
	readonly title: string;
	/** What was done, one paragraph each. */
	readonly notes: readonly string[];
	/** The figures, each measured once a round. */
	readonly rows?: readonly { what: string; unit: string; values: Series }[];
	/** Held against the bounds that this project set itself. */
	readonly ratios?: readonly Ratio[];
	/** Anything else. */
	readonly table?: { head: readonly string[]; rows: readonly (readonly (string | number)[])[] };
}

export interface Ratio {
	readonly what: string;
	readonly values: Series;
	readonly bound: number;
}

function round(value: number): string {
	return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function figures(values: Series): (string | number)[] {
	return [
		round(Math.min(...values)),
		round(median(values)),
		round(Math.max(...values)),
		values.length,
	];
}

/** Median (least–most), or the one number if all are the same. */
export function range(values: Series): string {
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const text = (value: number) => (Number.isInteger(value) ? String(value) : round(value));
	return least === most ? text(least) : `${text(median(values))} (${text(least)}–${text(most)})`;
}

/** Whether a ratio is kept, by its median. */
export function isKept({ values, bound }: Ratio): boolean {
	return median(values) <= bound;
}

/** A part in Markdown. */
export function partText({ title, notes, rows = [], ratios = [], table: more }: Part): string {
	const blocks = [`## ${title}`, ...notes];
	if (rows.length > 0) {
		const lines = rows.map(({ what, unit, values }) => [what, unit, ...figures(values)]);
		blocks.push(table([['', 'unit', 'min', 'median', 'max', 'runs'], ...lines]));
	}
	if (ratios.length > 0) {
		const lines = ratios.map((ratio) => [
			...[ratio.what, ratio.bound.toFixed(2), ...figures(ratio.values)],
			isKept(ratio) ? 'yes' : '**no**',
		]);
		blocks.push(table([['ratio', 'bound', 'min', 'median', 'max', 'runs', 'kept'], ...lines]));
	}
	if (more !== undefined) blocks.push(table([more.head, ...more.rows]));
	return blocks.join('\n\n');
}

/** The whole of BENCHMARKS.md. `versions` are by package. */
export function reportText(parts: readonly Part[], versions: Record<string, string>): string {
	const facts = {
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`,
		'Node.js': process.version,
		...versions,
	};
	return [
		'# Benchmarks',
		'Written by `npm run bench`; nothing here is written by hand. The node runs as built, in n8n’s own engine, against the sandbox in another process on the same machine. What is compared was measured in turns in one run. A ratio is kept when its median is within the bound, which is a target: what is missed says so.',
		table([['', ''], ...Object.entries(facts)]),
		...parts.map(partText),
	].join('\n\n');
}
