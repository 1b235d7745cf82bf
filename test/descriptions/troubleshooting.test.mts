import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = process.cwd();
const PAGE = readFileSync(path.join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');
const NODES = path.join(ROOT, 'dist', 'nodes', 'DigiCert');

/** The start of a message in built code: a field of an explanation, or the first words of a refusal. */
const LITERAL =
	/(?:\bmessage: |\brefusal\)?\()(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)"|`([^`]+)`)/g;

/** Errors for fields begin with the field's name; the page speaks of them all together. */
function isAboutAField(text: string): boolean {
	return text.startsWith("'") || text.startsWith('${');
}

/** The messages that the built nodes write, each by its longest piece without what is filled in. */
function messages(): string[] {
	return readdirSync(NODES, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.js'))
		.flatMap((file) => [...readFileSync(path.join(NODES, file), 'utf8').matchAll(LITERAL)])
		.map(
			([, single, double, template]) => single?.replaceAll("\\'", "'") ?? double ?? template ?? '',
		)
		.filter((text) => !isAboutAField(text))
		.map((text) => {
			const [longest = ''] = text.split(/\$\{[^}]*\}/).sort((a, b) => b.length - a.length);
			return longest.trim();
		});
}

// That what the page quotes is what the node says, docs.test holds.
test('each error text of the nodes is found on the page by its words', () => {
	const found = messages();
	expect(found.length).toBeGreaterThan(25);
	expect(found.filter((text) => !PAGE.includes(text))).toEqual([]);
});
