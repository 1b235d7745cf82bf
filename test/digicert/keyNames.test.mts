import {
	baseNameOf,
	sameName,
	TAG_LENGTH,
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

test('names with and without a tag are the same, other letters are not', () => {
	expect(sameName('A [n8n 7q4k2m]', ' A ')).toBe(true);
	expect(sameName('A [n8n 7q4k2m]', 'A [n8n aaaaaa]')).toBe(true);
	expect(sameName('A', 'a')).toBe(false);
});

test('a new tag takes the place of an old one, and has the length that is reserved for it', () => {
	expect(withTag('A', '7q4k2m')).toBe('A [n8n 7q4k2m]');
	expect(withTag(' A [n8n 7q4k2m] ', 'aaaaaa')).toBe('A [n8n aaaaaa]');
	expect(withTag('A', '7q4k2m')).toHaveLength(1 + TAG_LENGTH);
});

test('a long name costs no time', () => {
	const name = `${' '.repeat(1e6)}x${' '.repeat(1e6)}[n8n`;
	expect(baseNameOf(name)).toHaveLength(1_000_005);
});
