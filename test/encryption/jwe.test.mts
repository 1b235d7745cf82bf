import { constants, createPrivateKey, createPublicKey, privateDecrypt } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';

import { deriveKey, seal } from '../../dist/nodes/DigiCert/encryption/jwe.js';
import { readRecipient } from '../../dist/nodes/DigiCert/encryption/recipient.js';
import { openWithJose } from '../support/jose.mts';
import { ec, jwkOf, keyPairs, pemOf, privatePemOf } from '../support/keyPairs.mts';
import { parse, record } from '../support/read.mts';

const SECRET = 'B4NKP3SAGO6VJYQIIT7W5L2SPCKEZ3 — ключ';

const decoded = (part: string) => Buffer.from(part, 'base64url');
const headerOf = (jwe: string) => record(parse(decoded(jwe.split('.')[0] ?? '').toString()));

/** The algorithm for each type, as the owner of a key would expect it. */
const algorithmOf = (type: string) => (type.startsWith('RSA') ? 'RSA-OAEP-256' : 'ECDH-ES');

/** Every form in which a public key can be given. */
const forms = Object.entries(keyPairs).flatMap(([type, { publicKey, privateKey }]) => {
	const jwk = { ...jwkOf(publicKey), kid: `owner's ${type} ✓`, use: 'enc', ext: true };
	const pem = pemOf(publicKey);
	const named = { ...jwk, alg: algorithmOf(type) };
	return [
		[`${type} as PEM`, type, privateKey, pem, undefined],
		[`${type} as PEM in one line`, type, privateKey, pem.replaceAll('\n', ' '), undefined],
		[`${type} as PEM from Windows`, type, privateKey, pem.replaceAll('\n', '\r\n'), undefined],
		[`${type} as JWK text`, type, privateKey, `\n ${JSON.stringify(jwk, null, 2)}\n`, jwk.kid],
		[`${type} as JWK object`, type, privateKey, named, jwk.kid],
		[`${type} as JWK without a name`, type, privateKey, jwkOf(publicKey), undefined],
	] as const;
});

test('jose opens what is encrypted to every type of key, in every form', async () => {
	const locked = forms.map(([, , privateKey, given], i) => {
		const jwe = readRecipient(given).encrypt(SECRET);
		return i % 2 === 0 ? { jwe, pem: privatePemOf(privateKey) } : { jwe, jwk: jwkOf(privateKey) };
	});
	const opened = await openWithJose(locked);
	expect(opened.map(({ text }) => text)).toEqual(forms.map(() => SECRET));
	expect(opened.map(({ header }) => [header.alg, header.enc, header.kid])).toEqual(
		forms.map(([, type, , , kid]) => [algorithmOf(type), 'A256GCM', kid]),
	);
});

test.each(forms)(
	'%s: the JWE has the form that the RFCs set',
	(_, type, privateKey, given, kid) => {
		const jwe = readRecipient(given).encrypt(SECRET);
		const [, encryptedKey = '', iv = '', ciphertext = '', tag = '', ...more] = jwe.split('.');
		expect(jwe).toMatch(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){3}$/);
		expect(more).toEqual([]);
		expect(decoded(iv)).toHaveLength(12);
		expect(decoded(ciphertext)).toHaveLength(Buffer.byteLength(SECRET));
		expect(decoded(tag)).toHaveLength(16);

		const { epk, ...header } = headerOf(jwe);
		expect(header).toEqual({
			alg: algorithmOf(type),
			enc: 'A256GCM',
			...(kid === undefined ? {} : { kid }),
		});
		if (type.startsWith('RSA')) {
			expect(epk).toBeUndefined();
			expect(decoded(encryptedKey)).toHaveLength(2048 / 8);
		} else {
			const { kty, crv, y } = jwkOf(privateKey);
			expect(encryptedKey).toBe('');
			expect(Object.keys(record(epk))).toEqual([
				'crv',
				'kty',
				'x',
				...(y === undefined ? [] : ['y']),
			]);
			expect(epk).toMatchObject({ kty, crv });
		}
	},
);

const ofEachType = forms.filter(([name]) => name.endsWith(' as PEM'));
test.each(ofEachType)('%s: nothing is used twice', (_, type, __, given) => {
	const recipient = readRecipient(given);
	const first = recipient.encrypt(SECRET).split('.');
	const second = recipient.encrypt(SECRET).split('.');
	// The header of an RSA one, and the empty key of an agreement, are all that may be equal.
	const equal = first.map((part, i) => part === second[i]);
	expect(equal).toEqual([type.startsWith('RSA'), !type.startsWith('RSA'), false, false, false]);
	expect(first.join()).not.toContain(Buffer.from(SECRET).toString('base64url'));
});

test('each content has a key of its own, which RSA recipients decrypt with SHA-256', () => {
	const { publicKey, privateKey } = keyPairs['RSA 2048'];
	const recipient = readRecipient(pemOf(publicKey));
	const padding = constants.RSA_PKCS1_OAEP_PADDING;
	const contentKeys = [1, 2, 3].map(() => {
		const encryptedKey = decoded(recipient.encrypt(SECRET).split('.')[1] ?? '');
		const contentKey = privateDecrypt(
			{ key: privateKey, padding, oaepHash: 'sha256' },
			encryptedKey,
		);
		expect(contentKey).toHaveLength(32);
		return contentKey.toString('hex');
	});
	expect(new Set(contentKeys).size).toBe(3);
});

test('an empty text can be encrypted', async () => {
	const jwe = readRecipient(pemOf(keyPairs.X25519.publicKey)).encrypt('');
	const opened = await openWithJose([{ jwe, jwk: jwkOf(keyPairs.X25519.privateKey) }]);
	expect(opened).toMatchObject([{ text: '' }]);
});

test('jose refuses a JWE with any part changed, and another key', async () => {
	const types = ['RSA 2048', 'P-521', 'X25519'] as const;
	const locked = types.flatMap((type) => {
		const { publicKey, privateKey } = keyPairs[type];
		const jwk = jwkOf(privateKey);
		const given = { ...jwkOf(publicKey), kid: 'mine' };
		const parts = readRecipient(given).encrypt(SECRET).split('.');
		const header = { ...headerOf(parts.join('.')), kid: 'yours' };
		const changes = parts.map((part, i) => {
			const bytes = decoded(part);
			bytes[0] = (bytes[0] ?? 0) ^ 1;
			const changed = i === 0 ? Buffer.from(JSON.stringify(header)) : bytes;
			return parts.with(i, changed.toString('base64url')).join('.');
		});
		// An agreement has no encrypted key to change.
		return changes.filter((jwe) => jwe !== parts.join('.')).map((jwe) => ({ jwe, jwk }));
	});
	expect(locked).toHaveLength(5 + 4 + 4);
	const other = readRecipient(pemOf(ec('P-521').publicKey)).encrypt(SECRET);
	locked.push({ jwe: other, jwk: jwkOf(keyPairs['P-521'].privateKey) });
	const codes = (await openWithJose(locked)).map(({ code }) => code);
	expect(new Set(codes)).toEqual(new Set(['ERR_JWE_DECRYPTION_FAILED']));
});

const privateKeyOf = (key: JsonWebKey) => createPrivateKey({ key, format: 'jwk' });
const publicKeyOf = (key: JsonWebKey) => createPublicKey({ key, format: 'jwk' });

test('RFC 7518 appendix C: ECDH-ES between Alice and Bob gives the documented key', () => {
	const alice = {
		kty: 'EC',
		crv: 'P-256',
		x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
		y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
		d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
	};
	const bob = {
		kty: 'EC',
		crv: 'P-256',
		x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
		y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
		d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
	};
	// Each side gets it from its own private key.
	for (const [own, other] of [
		[alice, bob],
		[bob, alice],
	] as const) {
		const shared = { ...other, d: undefined };
		const key = deriveKey(privateKeyOf(own), publicKeyOf(shared), 'A128GCM', 128, 'Alice', 'Bob');
		expect(key.toString('base64url')).toBe('VqqN6vgjbSBcIijNcacQGg');
	}
});

test('RFC 7516 appendix A.1: AES-256-GCM gives the documented ciphertext and tag', () => {
	const contentKey = Buffer.from([
		177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91,
		112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
	]);
	const iv = Buffer.from([227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219]);
	const header = 'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ';
	const text = 'The true sign of intelligence is not knowledge but imagination.';
	const { ciphertext, tag } = seal(contentKey, iv, header, text);
	expect(ciphertext.toString('base64url')).toBe(
		'5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A',
	);
	expect(tag.toString('base64url')).toBe('XFBoMYUZodetZdvTiFvSkQ');
});
