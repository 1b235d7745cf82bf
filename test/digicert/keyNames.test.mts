import {
	baseNameOf,
	createTag,
	tagOf,
	withTag,
} from '../../dist/nodes/DigiCert/digicert/keyNames.js';

test.each([
	['Build server', 'Build server', undefined],
	['  Build server\t', 'Build server', undefined],
	['Build server [n8n 7q4k2m]', 'Build server', '7q4k2m'],
	[' Build server   [n8n 7q4k2m] ', 'Build server', '7q4k2m'],
	['[n8n 7q4k2m]', '[n8n 7q4k2m]', undefined],
	['Build[n8n 7q4k2m]', 'Build[n8n 7q4k2m]', undefined],
	['Build [n8n 7q4k2m] server', 'Build [n8n 7q4k2m] server', undefined],
	['Build [n8n 7Q4K2M]', 'Build [n8n 7Q4K2M]', undefined],
	['Build [n8n 7q4k21]', 'Build [n8n 7q4k21]', undefined],
	['Build [n8n 7q4k2]', 'Build [n8n 7q4k2]', undefined],
])('%j has the name %j and the tag %j', (name, base, tag) => {
	expect([baseNameOf(name), tagOf(name)]).toEqual([base, tag]);
});

test('a new tag takes the place of an old one', () => {
	expect(withTag('A', '7q4k2m')).toBe('A [n8n 7q4k2m]');
	expect(withTag(' A [n8n 7q4k2m] ', 'aaaaaa')).toBe('A [n8n aaaaaa]');
});

test('a long name costs no time', () => {
	const name = `${' '.repeat(1e6)}x${' '.repeat(1e6)}[n8n`;
	expect(baseNameOf(name)).toHaveLength(1_000_005);
});

test('tags differ, and are read as what they are', () => {
	const tags = Array.from({ length: 1000 }, createTag);
	expect(new Set(tags).size).toBeGreaterThan(990);
	expect(tags.map((tag) => tagOf(withTag('A', tag)))).toEqual(tags);
});
