import { encryptSecrets } from '../../dist/nodes/DigiCert/encryption/recipient.js';
import { dataObject, list, record } from '../support/read.mts';

const recipient = { encrypt: (text: string) => `<${text.length}>` };
const VALUE = 'v'.repeat(47);

test('every text but those that are known to be no secret is encrypted, wherever it is', () => {
	const output = {
		id: 1,
		code: '12345',
		serial: '12345-6789',
		name: 'Build server',
		api_key: VALUE,
		status: 'active',
		created_at: '2026-01-01T00:00:00Z',
		account: { status: VALUE, note: `use ${VALUE}`, last_used_date: null },
		list: [VALUE, 'other', 3, { value: VALUE }],
		keys: { [VALUE]: true },
		replaces: { name: 'Old' },
	};
	expect(encryptSecrets(output, recipient, ['Build server', 'Old'])).toEqual({
		id: 1,
		code: '12345',
		serial_jwe: '<10>',
		name: 'Build server',
		api_key_jwe: '<47>',
		status: 'active',
		created_at: '2026-01-01T00:00:00Z',
		account: { status_jwe: '<47>', note_jwe: '<51>', last_used_date: null },
		list: ['<47>', '<5>', 3, { value_jwe: '<47>' }],
		keys: { jwe: '<47>', jwe_value: true },
		replaces: { name: 'Old' },
	});
});

test('nothing is overwritten, whatever the fields are called', () => {
	const output = dataObject(
		JSON.parse(
			`{"api_key_jwe":5,"api_key_jwe_2":6,"api_key":"${VALUE}","__proto__":"other","${VALUE}":1,"${'w'.repeat(40)}":2}`,
		),
	);
	const { api_key_jwe, api_key_jwe_2, api_key_jwe_3, ...encrypted } = encryptSecrets(
		output,
		recipient,
		[],
	);
	const { jwe, jwe_2, jwe_value, jwe_value_2, ...rest } = encrypted;
	expect([api_key_jwe, api_key_jwe_2, api_key_jwe_3]).toEqual([5, 6, '<47>']);
	expect([jwe, jwe_2, jwe_value, jwe_value_2]).toEqual(['<47>', '<40>', 1, 2]);
	expect(Object.entries(rest)).toEqual([['__proto___jwe', '<5>']]);
});

test('an output may be nested as deep as JSON goes', () => {
	const depth = 20_000;
	const deep = dataObject(JSON.parse(`${'{"a":['.repeat(depth)}"${VALUE}"${']}'.repeat(depth)}`));
	let inner: unknown = encryptSecrets({ api_key: VALUE, deep }, recipient, []).deep;
	for (let level = 0; level < depth; level++) [inner] = list(record(inner).a);
	expect(inner).toBe('<47>');
});
