import fc from 'fast-check';

import {
	firstSight,
	isSameName,
	minuteOf,
	readKnownKey,
	showName,
	writeKnownKey,
} from '../../dist/nodes/DigiCert/trigger/knownKey.js';
import type { KnownKey } from '../../dist/nodes/DigiCert/trigger/knownKey.js';
import { present } from '../support/read.mts';
import { keyWith, START } from './support.mts';

const known = firstSight(keyWith(1));
const id = fc.integer({ min: 1, max: 9_999_999_999 });
const knownKey: fc.Arbitrary<KnownKey> = fc.record({
	live: fc.boolean(),
	removed: fc.boolean(),
	acme: fc.boolean(),
	neverUsedTold: fc.boolean(),
	oldTold: fc.boolean(),
	unusedTold: fc.option(fc.nat(60_000_000), { nil: undefined }),
	turn: fc.nat(2000),
	role: fc.option(fc.constantFrom(0, 100, 101, 102, 103), { nil: undefined }),
	ownerId: fc.option(id, { nil: undefined }),
	name: fc.record({ text: fc.string({ unit: 'binary', maxLength: 300 }) }),
});

test('is written in one short text', () => {
	const key = { ...known, ownerId: 125_039, role: 101, name: { text: 'Build server' } };
	expect(writeKnownKey('182', key)).toBe('1.2t.2ohb..=Build server');
});

test('is read again as it was, but for the end of a long name', () => {
	fc.assert(
		fc.property(id, knownKey, (number, key) => {
			const written = writeKnownKey(String(number), key);
			const { name, ...rest } = present(readKnownKey(written));
			expect({ ...rest, name: key.name }).toEqual(key);
			expect(isSameName(name, key.name.text)).toBe(true);
			expect(key.name.text.startsWith(name.text)).toBe(true);
			expect(showName(name)).toBe(name.hash === undefined ? key.name.text : `${name.text}…`);
		}),
	);
});

test('is written the same again after it was read', () => {
	fc.assert(
		fc.property(id, knownKey, (number, key) => {
			const written = writeKnownKey(String(number), key);
			expect(writeKnownKey(String(number), present(readKnownKey(written)))).toBe(written);
		}),
	);
});

test('takes at most 56 bytes of JSON with its ID, whatever its name', () => {
	fc.assert(
		fc.property(id, knownKey, (number, key) => {
			const json = JSON.stringify({ [number]: writeKnownKey(String(number), key) });
			expect(Buffer.byteLength(json) - '{}'.length + ','.length).toBeLessThanOrEqual(56);
		}),
	);
});

test('with the largest ID that there can be, it takes at most 64', () => {
	const largest = String(Number.MAX_SAFE_INTEGER);
	const key: KnownKey = {
		...known,
		...{ unusedTold: minuteOf(new Date(START)), turn: 1295, role: 103 },
		ownerId: Number.MAX_SAFE_INTEGER,
		name: { text: '"'.repeat(200) },
	};
	const json = JSON.stringify({ [largest]: writeKnownKey(largest, key) });
	expect(Buffer.byteLength(json) - 1).toBeLessThanOrEqual(64);
});

test('a name that differs in its last letter is another one', () => {
	const name = 'A name that is much too long to be kept as a whole';
	const kept = present(readKnownKey(writeKnownKey('182', { ...known, name: { text: name } }))).name;
	expect(showName(kept)).toMatch(/^A name that is much .*…$/);
	expect(isSameName(kept, name)).toBe(true);
	expect(isSameName(kept, `${name.slice(0, -1)}f`)).toBe(false);
});

test.each([
	['A long name in plain letters that is cut here', 'A long name in plain letters that is '],
	['Größe und Übermut tun selten gut in Köln', 'Größe und Übermut tun selten gut i'],
	['鍵の名前がとても長いのでここで切られます', '鍵の名前がとても長いので'],
	['"quoted" and \\ back and "quoted" once more', '"quoted" and \\ back and "quoted"'],
])('of the long name %j, the state keeps the beginning', (name, beginning) => {
	const key = { ...known, role: undefined, ownerId: undefined, name: { text: name } };
	expect(present(readKnownKey(writeKnownKey('1', key))).name.text).toBe(beginning);
});

test.each(['', 'x', '1.2.3', '1....?name', '1.2t.2ohb..', '-1.2.3.4.=x'])(
	'%j is no written key',
	(text) => {
		expect(readKnownKey(text)).toBeUndefined();
	},
);
