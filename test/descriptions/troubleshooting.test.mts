import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = process.cwd();
const PAGE = readFileSync(path.join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');
const ERRORS = path.join(ROOT, 'dist', 'nodes', 'DigiCert', 'errors');

/** The messages that the built node writes as they are, without what is filled in. */
function messages(): string[] {
	const sources = readdirSync(ERRORS, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.js'))
		.map((file) => readFileSync(path.join(ERRORS, file), 'utf8'));
	const literals = sources.flatMap((source) => [
		...source.matchAll(/\bmessage: (?:'((?:[^'\\]|\\.)+)'|"([^"]+)"|`([^`]+)`)/g),
	]);
	return literals.flatMap(([, single, double, template]) => {
		const text = single?.replaceAll("\\'", "'") ?? double ?? template ?? '';
		// What is filled in may be anything, so the longest piece of fixed text stands for all.
		const [longest = ''] = text.split(/\$\{[^}]*\}/).sort((a, b) => b.length - a.length);
		return longest.trim().length > 11 ? [longest.trim()] : [];
	});
}

// That what the page quotes is what the node says, docs.test holds.
test('each error text of the node is found on the page by its words', () => {
	const found = messages();
	expect(found.length).toBeGreaterThan(9);
	expect(found.filter((text) => !PAGE.includes(text))).toEqual([]);
});
