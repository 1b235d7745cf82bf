import { encryptSecrets } from '../../dist/nodes/DigiCert/encryption/encryptSecrets.js';
import { anyText } from '../support/matchers.mts';

const recipient = { encrypt: (text: string) => `<${text.length}>` };
const VALUE = 'v'.repeat(47);

test('every text but those that are known to be no secret is encrypted, wherever it is', () => {
	const output = {
		id: 1,
		code: '12345',
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
		name: 'Build server',
		api_key_jwe: '<47>',
		status: 'active',
		created_at: '2026-01-01T00:00:00Z',
		account: { status_jwe: '<47>', note_jwe: '<51>', last_used_date: null },
		list: ['<47>', '<5>', 3, { value_jwe: '<47>' }],
		keys: { jwe: anyText },
		replaces: { name: 'Old' },
	});
});
