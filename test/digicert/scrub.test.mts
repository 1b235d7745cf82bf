import type { IDataObject } from 'n8n-workflow';

import { partsOf, scrub as scrubOf } from '../../dist/nodes/DigiCert/issuance/scrub.js';
import { dataObject } from '../support/read.mts';

const scrub = async (json: IDataObject, secrets: readonly string[]) =>
	await scrubOf(json, await partsOf(secrets));

test('of several keys, each is taken out where it stands, whatever their lengths', async () => {
	const long = 'k9x2m4q7w1z8r5t3y6u0p2a4';
	const json = { said: `sh0rt, then ${long}, then sh0rt` };
	expect(await scrub(json, [long, 'sh0rt'])).toEqual({
		said: '[API key], then [API key], then [API key]',
	});
});

test.each([
	['hexadecimal', 'hex'],
	['Base64', 'base64'],
] as const)(
	'%s is taken out wherever in a run of such characters it begins',
	async (_, encoding) => {
		const coded = Buffer.from('k9x2m4q7w1z8r5t3y6u0p2a4').toString(encoding);
		for (const start of ['', 'c', 'ca', 'caf']) {
			const copy = await scrub({ said: start + coded }, ['k9x2m4q7w1z8r5t3y6u0p2a4']);
			expect(copy).toEqual({ said: '[API key]' });
		}
	},
);

test('parts that touch are one', async () => {
	expect(await scrub({ said: 'sh0rtsh0rt!' }, ['sh0rt'])).toEqual({ said: '[API key]!' });
});

test('what is no text stays as it is', async () => {
	const json = { gone: undefined, none: null, yes: true, many: 5 };
	expect(await scrub(json, ['sh0rt'])).toStrictEqual(json);
});

test('an object that stands in many places is looked through once, and one in itself is cut', async () => {
	const shared: Record<string, unknown> = { say: 'sh0rt' };
	let tower: Record<string, unknown> = shared;
	for (let level = 0; level < 25; level++) tower = { left: tower, right: tower };
	shared.self = shared;
	const copy = JSON.stringify(await scrub(dataObject({ tower, shared }), ['sh0rt']));
	expect(copy).toContain('"shared":{"say":"[API key]","self":"[nested too deep]"}');
	expect(copy).not.toContain('sh0rt');
});

test('a text that is too long to be looked through is not put out', async () => {
	const [fits, exceeds] = ['x '.repeat(10_000), `${'x '.repeat(10_000)}.`];
	expect(await scrub({ fits, exceeds }, ['sh0rt'])).toEqual({
		fits,
		exceeds: '[text of 20001 characters]',
	});
});

test('a key in pieces is taken out: bytes as JSON has them, and letters', async () => {
	const key = 'k9x2m4q7w1z8r5t3y6u0p2a4';
	const bytes: unknown = JSON.parse(JSON.stringify(new Uint8Array(Buffer.from(key))));
	const others = { numbers: [1, 2, 3], words: ['k9x2m4q7', 'w1z8r5t3'], indexed: { 0: 'a', 1: 5 } };
	expect(await scrub(dataObject({ bytes, letters: Array.from(key), ...others }), [key])).toEqual({
		...{ bytes: '[API key]', letters: '[API key]', numbers: [1, 2, 3] },
		...{ words: ['k9x2m4q7', 'w1z8r5t3'], indexed: { 0: 'a', 1: 5 } },
	});
	expect(await scrub(dataObject(bytes), [key])).toEqual({ hidden: '[API key]' });
	const fields = Object.fromEntries(Array.from(key, (letter, i) => [`field${i}`, letter]));
	expect(await scrub({ fields }, [key])).toEqual({ fields: '[API key]' });
	const apart = [...Buffer.from(key)].flatMap((byte) => [byte, '-']);
	expect(await scrub({ apart }, [key])).toEqual({ apart: '[API key]' });
});

test('a list that is too long to be looked through is not put out', async () => {
	const fits = Array.from({ length: 20_000 }, (_, i) => i % 7);
	const holes = Array.from<number>({ length: 0 });
	holes.length = 3_000_000;
	expect(await scrub({ fits, exceeds: [...fits, 1], holes }, ['sh0rt'])).toEqual({
		...{ fits, exceeds: '[list of 20001]', holes: '[list of 3000000]' },
	});
});
