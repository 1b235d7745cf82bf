import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** `npx jest` runs from the package's root. */
const ROOT = process.cwd();
const REFERENCE = path.join(ROOT, 'docs', 'reference');
const CODE = ['nodes', 'credentials', 'sandbox', 'test', 'bench', 'tools', 'examples'];

/** Pages that were never in this repository; their facts are in docs/reference. */
const ELSEWHERE = ['design.md', 'n8n-conventions.md', 'n8n-live.md', 'model-codebases.md'];

/** A section's label: `A.4.3`, `F.13`, `D`, `1.2`, `14`. */
const LABEL = '(?:[A-H](?:\\.\\d+)*|\\d+(?:\\.\\d+)*)';
/** `digicert-api.md A.4.1, B.2.1`: everything that the page's name is followed by is of that page. */
const CITATION = new RegExp(
	`\\b([a-z0-9-]+\\.md),?\\s+(?:part |section )?(${LABEL}\\b(?:(?:, | and | to )${LABEL}\\b)*)`,
	'g',
);
/** A label on its own, as the sandbox has them: DigiCert's facts are meant. RFCs have such labels too. */
const BARE_LABEL = /(?<!appendix |[\w.-])[A-H](?:\.\d+)+\b(?!\.\w)/g;

/** The text of the comments of a source, without the asterisks in front. */
function commentsOf(source: string): string {
	const comments = source.match(/\/\*[^]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g) ?? [];
	return comments.join('\n').replace(/^[ \t]*(?:\*|\/\/)[ \t]?/gm, '');
}

function sourcesIn(folder: string): string[] {
	return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(?:ts|mts|js)$/.test(file) && !file.includes('node_modules'))
		.map((file) => path.join(folder, file));
}

/** The labels of a page: its numbered headings, and the items of the lists under F and G. */
function labelsOf(page: string): Set<string> {
	const text = readFileSync(path.join(REFERENCE, page), 'utf8');
	const labels = new Set<string>();
	let section = '';
	for (const line of text.split('\n')) {
		const [, heading] = /^#{2,4} ([A-Z](?:\.\d+)*|\d+(?:\.\d+)*)\.? /.exec(line) ?? [];
		if (line.startsWith('#')) section = heading ?? '';
		if (heading !== undefined) labels.add(heading);
		const [, item] = /^(\d+)\. /.exec(line) ?? [];
		if (item !== undefined && /^[A-Z]$/.test(section)) labels.add(`${section}.${item}`);
	}
	return labels;
}

const PAGES = new Map(
	readdirSync(REFERENCE)
		.filter((file) => file.endsWith('.md'))
		.map((page) => [page, labelsOf(page)]),
);
const FILES = CODE.flatMap(sourcesIn).map((file) => ({
	file,
	comments: commentsOf(readFileSync(path.join(ROOT, file), 'utf8')),
}));

/** What is cited in a text, as `page label`. */
function citationsIn(comments: string): string[] {
	const named = [...comments.matchAll(CITATION)].flatMap(([, page = '', labels = '']) =>
		labels.split(/, | and | to /).map((label) => `${page} ${label}`),
	);
	const bare = [...comments.matchAll(BARE_LABEL)].map(([label]) => `digicert-api.md ${label}`);
	return [...named, ...bare];
}

function resolves(citation: string): boolean {
	const [page = '', label = ''] = citation.split(' ');
	return PAGES.get(page)?.has(label) ?? false;
}

test('the pages have sections to cite', () => {
	expect([...PAGES.keys()]).toEqual(
		expect.arrayContaining(['digicert-api.md', 'issuing-rules.md', 'n8n.md']),
	);
	for (const label of ['A.4.3', 'B.2.1', 'D', 'F.13', 'F.26', 'G.2'])
		expect(PAGES.get('digicert-api.md')).toContain(label);
	for (let rule = 1; rule <= 14; rule += 1)
		expect(PAGES.get('issuing-rules.md')).toContain(String(rule));
});

test('citations are found in the forms that comments have', () => {
	const comments = commentsOf(
		[
			'/** A key (digicert-api.md A.4.1, B.2.1). */',
			'// As n8n.md 1.2 and 3.4 say; an unknown user is a guess (F.4).',
			"const text = 'F.99'; // RFC 7516 appendix A.1",
			'/**',
			' * The two rules of issuing-rules.md',
			' * 5 to 6.',
			' */',
		].join('\n'),
	);
	expect(new Set(citationsIn(comments))).toEqual(
		new Set([
			'digicert-api.md A.4.1',
			'digicert-api.md B.2.1',
			'n8n.md 1.2',
			'n8n.md 3.4',
			'digicert-api.md F.4',
			'issuing-rules.md 5',
			'issuing-rules.md 6',
		]),
	);
	expect(resolves('digicert-api.md A.4.99')).toBe(false);
	expect(resolves('no-such-page.md 1')).toBe(false);
});

test('every citation in a comment leads to a section that exists', () => {
	const cited = FILES.flatMap(({ file, comments }) =>
		citationsIn(comments).map((citation) => ({ file, citation })),
	);
	expect(cited.length).toBeGreaterThan(50);
	const dead = cited.filter(({ citation }) => !resolves(citation));
	expect(dead.map(({ file, citation }) => `${file}: ${citation}`)).toEqual([]);
});

test('no comment cites a page that is not in this repository', () => {
	const lost = FILES.filter(({ file }) => !file.endsWith('citations.test.mts')).flatMap(
		({ file, comments }) =>
			ELSEWHERE.filter((page) => new RegExp(`(?<![\\w-])${page}`).test(comments)).map(
				(page) => `${file}: ${page}`,
			),
	);
	expect(lost).toEqual([]);
});
