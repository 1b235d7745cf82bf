'use strict';

const { encryptSecrets } = require('../../dist/nodes/DigiCert/encryption/encryptSecrets');

const recipient = { encrypt: (/** @type {string} */ text) => `<${text.length}>` };

test('every text that holds a secret is encrypted, wherever it is', () => {
	const value = 'v'.repeat(47);
	const output = {
		id: 1,
		name: 'Build server',
		api_key: value,
		api_key_last4: 'vvvv',
		account: { api_key: { value, key: value }, note: `use ${value}`, last_used_date: null },
		list: [value, 'other', 3, { token: 't' }],
	};
	expect(encryptSecrets(output, recipient)).toEqual({
		id: 1,
		name: 'Build server',
		api_key_jwe: '<47>',
		api_key_last4: 'vvvv',
		account: {
			api_key: { value_jwe: '<47>', key_jwe: '<47>' },
			note_jwe: '<51>',
			last_used_date: null,
		},
		list: ['<47>', expect.any(String), 3, { token_jwe: '<1>' }],
	});
	expect(JSON.stringify(encryptSecrets(output, recipient))).not.toContain(value);
});

test('an output without a secret stays as it is', () => {
	const output = { id: 1, name: 'A', replaces: { id: 2, status: 'active' } };
	expect(encryptSecrets(output, recipient)).toEqual(output);
});
