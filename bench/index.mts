/**
 * `npm run bench`: measures what the README claims, and writes BENCHMARKS.md. Names of parts run
 * these only and write nothing, unless `--write` puts them in place of what is there; `--quick`
 * makes everything small and once, and writes nothing.
 *
 *   npm run bench
 *   npm run bench -- overhead concurrency
 *   npm run bench -- scale --write
 *   npm run bench -- --quick
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { format } from 'prettier';

import { parse, record, text } from '../test/support/read.mts';
import { calls } from './parts/calls.mts';
import { concurrency } from './parts/concurrency.mts';
import { faults } from './parts/faults.mts';
import { footprint } from './parts/footprint.mts';
import { overhead } from './parts/overhead.mts';
import { rateLimit } from './parts/rateLimit.mts';
import { scale } from './parts/scale.mts';
import { trigger } from './parts/trigger.mts';
import { VERSION as httpRequestVersion } from './support/httpRequestNode.mts';
import { ROOT } from './support/npmCache.mts';
import { isKept, partText, reportText } from './support/report.mts';
import type { Extent, Part } from './support/report.mts';

const PARTS: Readonly<Record<string, (extent: Extent) => Promise<Part>>> = {
	overhead,
	concurrency,
	rateLimit,
	scale,
	footprint,
	calls,
	trigger,
	faults,
};

function versionOf(folder: string): string {
	const file = path.join(ROOT, folder, 'package.json');
	return text(record(parse(readFileSync(file, 'utf8'))).version);
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			write: { type: 'boolean', default: false },
		},
		allowPositionals: true,
	});
	const unknown = positionals.filter((name) => !(name in PARTS));
	if (unknown.length > 0) {
		throw new Error(`No such part: ${unknown.join()}. There are ${Object.keys(PARTS).join()}`);
	}
	const extent = values.quick ? { rounds: 1, share: 0.1 } : { rounds: 5, share: 1 };
	const found: Part[] = [];
	for (const [name, measure] of Object.entries(PARTS)) {
		if (positionals.length > 0 && !positionals.includes(name)) continue;
		const part = await measure(extent);
		found.push(part);
		console.log(`${partText(part)}\n`);
	}
	const missed = found.flatMap(({ ratios = [] }) => ratios).filter((ratio) => !isKept(ratio));
	console.log(missed.length === 0 ? 'All ratios are kept.' : `${missed.length} are not kept.`);
	const file = path.join(ROOT, 'BENCHMARKS.md');
	if (values.write && !values.quick && positionals.length > 0) {
		const sections = readFileSync(file, 'utf8').split(/^(?=## )/m);
		const isOf = (part: Part, section: string) => section.startsWith(`## ${part.title}\n`);
		const replaced = sections.map((section) => {
			const part = found.find((one) => isOf(one, section));
			return part === undefined ? section : `${partText(part)}\n\n`;
		});
		writeFileSync(file, await format(replaced.join(''), { filepath: file }));
	}
	if (values.quick || positionals.length > 0) return;
	const versions = {
		'n8n-nodes-digicert': versionOf('.'),
		'n8n-core': versionOf('node_modules/n8n-core'),
		'n8n-workflow': versionOf('node_modules/n8n-workflow'),
		'HTTP Request node': `n8n's own, from n8n-nodes-base ${httpRequestVersion}, unchanged`,
		undici: versionOf('node_modules/undici'),
	};
	writeFileSync(file, await format(reportText(found, versions), { filepath: file }));
}

main().then(
	// A run that hangs must not keep the process.
	() => process.exit(),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
