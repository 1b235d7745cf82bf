import { readFileSync } from 'node:fs';
import path from 'node:path';

import { operations } from '../../tools/described.mts';

const ROOT = process.cwd();
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

/** The body rows of the table under a heading, as lists of cells. */
function tableUnder(heading: string): string[][] {
	const section = README.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
	const [, , ...body] = section.split('\n').filter((line) => line.startsWith('|'));
	return body.map((row) =>
		row
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim()),
	);
}

/** `getMany` as the README words it. */
function words(value: string): string {
	return value.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

test('the table of operations has those of the node, each once', () => {
	const told = tableUnder('Operations')
		.filter(([resource = '']) => !resource.includes('Trigger'))
		.flatMap(([resource = '', list = '', api = '']) =>
			list
				.replace(/ \([^)]*\)/g, '')
				.split(', ')
				.map((operation) => `${api}: ${resource}: ${operation}`),
		);
	const known = operations().map(
		({ resource, value, credential }) =>
			`${credential.replace(/^DigiCert | API$/g, '')}: ${resource}: ${words(value)}`,
	);
	expect(known.length).toBeGreaterThan(10);
	expect(told.sort()).toEqual(known.sort());
});

test('the two commands stand on top of Try it', () => {
	const [, section = ''] = README.split('\n## Try it\n');
	const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, code = '']) => code.trim());
	expect(blocks.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
});

test('it is read in minutes: at most 1,200 words', () => {
	expect(README.split(/\s+/).length).toBeLessThanOrEqual(1200);
});
