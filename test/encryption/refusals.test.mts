import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';

import { readRecipient } from '../../dist/nodes/DigiCert/encryption/recipient.js';
import { UnusableKey } from '../../dist/nodes/DigiCert/encryption/recipientKey.js';
import { text } from '../support/read.mts';
import { fragmentsOf } from '../support/secrets.mts';
import type { KeyPair } from '../support/keyPairs.mts';
import { ec, jwkOf, keyPairs, pemOf, privatePemOf, rsa } from '../support/keyPairs.mts';

/** What was said of a key that was not taken. */
function refusalOf(given: unknown): UnusableKey {
	try {
		readRecipient(given);
	} catch (error) {
		if (error instanceof UnusableKey) return error;
		throw error;
	}
	throw new Error('It was taken');
}

const RSA = keyPairs['RSA 2048'];
const P256 = keyPairs['P-256'];
const X = keyPairs.X25519;
const rsaJwk = jwkOf(RSA.publicKey);
const ecJwk = jwkOf(P256.publicKey);
const xJwk = jwkOf(X.publicKey);
const pem = pemOf(RSA.publicKey);
const ed = generateKeyPairSync('ed25519');
const ed448 = generateKeyPairSync('ed448');
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 });
const x448 = generateKeyPairSync('x448');
const koblitz = ec('secp256k1');
const short = rsa(2047);

const labelled = (label: string, body = 'TUlJQ2RtVnllU0JzYjI1bklIUmxlSFE=') =>
	`-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
/** A public key as DER in base64, and a PEM block of such parts. */
const bodyOf = ({ publicKey }: KeyPair) =>
	publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const block = (...parts: string[]) => labelled('PUBLIC KEY', parts.join(''));
const encryptedPem = RSA.privateKey
	.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
	.toString();

const PRIVATE = 'holds a private key';
const PURPOSE = "is a JWK whose 'alg' is not ";

describe('what holds a secret is refused, and none of it is repeated', () => {
	const jwk = jwkOf(P256.privateKey);
	const d = text(jwk.d);
	const privateKeys: [string, unknown][] = [
		['PEM, PKCS#8', privatePemOf(RSA.privateKey)],
		['PEM, encrypted', encryptedPem],
		['PEM, PKCS#1', RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
		['PEM, SEC 1', P256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
		['PEM, Ed25519', privatePemOf(ed.privateKey)],
		['PEM, OpenSSH', labelled('OPENSSH PRIVATE KEY')],
		['PEM, PGP', labelled('PGP PRIVATE KEY BLOCK')],
		['PEM, in one line', privatePemOf(P256.privateKey).replaceAll('\n', ' ')],
		['PEM, cut off', privatePemOf(RSA.privateKey).slice(0, 400)],
		['PEM, after its public key', pemOf(P256.publicKey) + privatePemOf(P256.privateKey)],
		['PEM, in JSON', JSON.stringify({ key: privatePemOf(P256.privateKey) })],
		['PuTTY', 'PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQDexampleexample'],
		['JWK, RSA', jwkOf(RSA.privateKey)],
		['JWK, EC, as text', JSON.stringify(jwk)],
		['JWK, X25519', jwkOf(X.privateKey)],
		['JWK, Ed25519', jwkOf(ed.privateKey)],
		['JWK, without its public half', { kty: 'EC', crv: 'P-256', d: jwk.d }],
		...['p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'].map((member): [string, unknown] => [
			`JWK, its '${member}' only`,
			{ ...rsaJwk, [member]: jwkOf(RSA.privateKey).p },
		]),
		['JWK, of a newer type', { kty: 'AKP', alg: 'ML-KEM-768', priv: jwk.d }],
		['JWK Set', { keys: [rsaJwk, jwk] }],
		['JWK Set, as text', JSON.stringify({ keys: [jwk] })],
	];
	const SYMMETRIC = 'holds a symmetric key';
	const symmetric = 'c3ltbWV0cmljIGtleSBvZiAzMiBieXRlcyBsZW5ndGg';
	const secrets: [string, unknown, string][] = [
		...privateKeys.map(([form, given]): [string, unknown, string] => [form, given, PRIVATE]),
		['JWK, symmetric', { kty: 'oct', k: symmetric }, SYMMETRIC],
		['JWK, symmetric without type', { k: symmetric }, SYMMETRIC],
		['JWK, symmetric without value', { kty: 'oct' }, SYMMETRIC],
		['JSON, cut off', JSON.stringify(jwk).slice(0, -2), 'is not valid JSON'],
		['list', [jwk], 'is neither a text nor a JWK'],
		['DER in base64', jwk.d, 'is neither a PEM public key nor a JWK'],
		['private bytes in a public block', labelled('PUBLIC KEY', d), 'PEM public key'],
		['private bytes as kid', { ...ecJwk, kid: [jwk.d] }, "is a JWK whose 'kid' is not text"],
		['private bytes as a curve', { ...ecJwk, crv: jwk.d }, 'is a JWK that cannot be read'],
		['private bytes as a value', { ...ecJwk, y: d + d }, 'is a JWK that cannot be read'],
	];

	test.each(secrets)('%s', (_, given, fault) => {
		const error = refusalOf(given);
		expect(error).toBeInstanceOf(UnusableKey);
		expect(error.fault).toContain(fault);
		if (fault === PRIVATE) expect(error.advice).toMatch(/^A private key has to stay .* replace it/);
		if (fault === SYMMETRIC) expect(error.advice).toMatch(/^Whoever has it .* do not use it/);
		const said = inspect(error, { depth: Infinity, showHidden: true });
		// Names of fields and labels are known words; everything else could be part of a key.
		const values = JSON.stringify(given).match(/[A-Za-z0-9+/_-]{12,}/g) ?? [];
		const secret = values.filter((value) => !value.startsWith('-----'));
		const parts = secret.flatMap((value) => fragmentsOf(value));
		expect(parts.filter((part) => said.includes(part))).toEqual([]);
	});
});

const others: [string, unknown, string][] = [
	['nothing', undefined, 'is empty'],
	['null', null, 'is empty'],
	['an empty text', '', 'is empty'],
	['white space', ' \n\t', 'is empty'],
	['a number', 42, 'is neither a text nor a JWK'],
	['a boolean', true, 'is neither a text nor a JWK'],
	['a list in JSON', JSON.stringify([rsaJwk]), 'is neither a text nor a JWK'],
	['any text', 'hello', 'is neither a PEM public key nor a JWK'],
	['a text with a brace', 'hello {}', 'is neither a PEM public key nor a JWK'],
	['a text that names SSH', 'my ssh-rsa key', 'is neither a PEM public key nor a JWK'],
	['a body without its lines', pem.split('\n')[1], 'is neither a PEM public key nor a JWK'],
	['text before the key', `key: ${pem}`, 'is neither a PEM public key nor a JWK'],
	['text after the key', `${pem} and more`, 'is neither a PEM public key nor a JWK'],
	['a key that was cut off', pem.slice(0, 200), 'is neither a PEM public key nor a JWK'],
	['a body that was cut off', labelled('PUBLIC KEY', pem.slice(27, 200)), 'cannot be read'],
	['an empty block', labelled('PUBLIC KEY', ''), 'cannot be read'],
	['two keys in a block', block(bodyOf(RSA), bodyOf(P256)), 'with something behind it'],
	['two keys in a block, one padded', block(bodyOf(P256), bodyOf(X)), 'with something behind it'],
	['two keys in lines', block(bodyOf(X), '\n', bodyOf(RSA)), 'with something behind it'],
	['a key and one byte', block(bodyOf(RSA), 'AA=='), 'with something behind it'],
	['escaped line ends', pem.replaceAll('\n', '\\n'), 'the characters \\n in place of line ends'],
	['escaped line ends of Windows', pem.replaceAll('\n', '\\r\\n'), 'in place of line ends'],
	['two keys in PEM', pem + pemOf(P256.publicKey), 'holds 2 PEM blocks, not one'],
	['a JWK Set', { keys: [rsaJwk] }, 'is a JWK Set'],
	['a JWK Set that is a JWK too', { ...rsaJwk, keys: [ecJwk] }, 'is a JWK Set'],
	['a JWK Set that is none', { keys: 'none' }, 'is a JWK Set'],
	['another object', { public_key: pem }, "is an object without 'kty' RSA, EC or OKP"],
	['a type in small letters', { ...rsaJwk, kty: 'rsa' }, "is an object without 'kty'"],
	['RSA of 2047 bits', pemOf(short.publicKey), 'is an RSA key of 2047 bits, which is too short'],
	['RSA of 2047 bits as JWK', jwkOf(short.publicKey), 'of 2047 bits, which is too short'],
	['RSA with exponent 1', { ...rsaJwk, e: 'AQ' }, 'is an RSA key with an unsafe exponent'],
	['RSA with exponent 2', { ...rsaJwk, e: 'Ag' }, 'is an RSA key with an unsafe exponent'],
	['RSA with exponent 4', { ...rsaJwk, e: 'BA' }, 'is an RSA key with an unsafe exponent'],
	['RSA without a modulus', { ...rsaJwk, n: undefined }, "is a JWK without a valid 'n'"],
	['RSA without values', { kty: 'RSA' }, "is a JWK without a valid 'n' and 'e'"],
	['RSA with a number', { ...rsaJwk, e: 65537 }, "is a JWK without a valid 'e'"],
	['RSA in plain base64', { ...rsaJwk, n: `${rsaJwk.n}=` }, "is a JWK without a valid 'n'"],
	['an EC key without y', { ...ecJwk, y: undefined }, "is a JWK without a valid 'y'"],
	['an EC key without a curve', { ...ecJwk, crv: undefined }, "is a JWK without a valid 'crv'"],
	['a point off the curve', { ...ecJwk, y: ecJwk.x }, 'is a JWK that cannot be read'],
	['a point of another curve', { ...ecJwk, crv: 'P-384' }, 'is a JWK that cannot be read'],
	['a coordinate too short', { ...ecJwk, x: 'AQ' }, 'is a JWK that cannot be read'],
	['X25519 too short', { ...xJwk, x: 'AQ' }, 'is a JWK that cannot be read'],
	['an unknown curve', { ...ecJwk, crv: 'P-192' }, 'is a JWK that cannot be read'],
	['Ed25519', pemOf(ed.publicKey), 'is an Ed25519 key, which can only sign'],
	['Ed25519 as JWK', jwkOf(ed.publicKey), 'is an Ed25519 key, which can only sign'],
	['Ed448', jwkOf(ed448.publicKey), 'is an Ed448 key, which can only sign'],
	['RSA-PSS', pemOf(pss.publicKey), 'is an RSA-PSS key, which can only sign'],
	['DSA', pemOf(dsa.publicKey), 'is a DSA key, which can only sign'],
	['X448', pemOf(x448.publicKey), 'is a key of the type x448, which is not supported'],
	['secp256k1', jwkOf(koblitz.publicKey), 'is a key on the curve secp256k1'],
	['secp256k1 as PEM', pemOf(koblitz.publicKey), 'is a key on the curve secp256k1'],
	["use 'sig'", { ...rsaJwk, use: 'sig' }, "is a JWK whose 'use' is not encryption"],
	["use 'ENC'", { ...rsaJwk, use: 'ENC' }, "is a JWK whose 'use' is not encryption"],
	['use null', { ...ecJwk, use: null }, "is a JWK whose 'use' is not encryption"],
	['RSA for signing', { ...rsaJwk, alg: 'RS256' }, `${PURPOSE}RSA-OAEP-256`],
	['RSA for OAEP with SHA-1', { ...rsaJwk, alg: 'RSA-OAEP' }, `${PURPOSE}RSA-OAEP-256`],
	['EC for signing', { ...ecJwk, alg: 'ES256' }, `${PURPOSE}ECDH-ES`],
	['EC for wrapping', { ...ecJwk, alg: 'ECDH-ES+A256KW' }, `${PURPOSE}ECDH-ES`],
	['EC with the algorithm of RSA', { ...ecJwk, alg: 'RSA-OAEP-256' }, `${PURPOSE}ECDH-ES`],
	['a right to verify', { ...rsaJwk, key_ops: ['verify'] }, "'key_ops' do not allow encryption"],
	['no right', { ...rsaJwk, key_ops: [] }, "'key_ops' do not allow encryption"],
	['rights in a text', { ...rsaJwk, key_ops: 'encrypt' }, "'key_ops' do not allow encryption"],
	['a right of RSA', { ...ecJwk, key_ops: ['encrypt'] }, "'key_ops' do not allow encryption"],
	['a right of EC', { ...rsaJwk, key_ops: ['deriveKey'] }, "'key_ops' do not allow encryption"],
	['a name that is a number', { ...rsaJwk, kid: 7 }, "is a JWK whose 'kid' is not text"],
];

test.each(others)('%s: refused, with what is wanted', (_, given, fault) => {
	const error = refusalOf(given);
	expect(error).toBeInstanceOf(UnusableKey);
	expect(error.fault).toContain(fault);
	expect(error.advice).toMatch(
		/^(\S.*\. )?Give one public key, as PEM .* 2048 bits .* P-521 or X25519\.$/,
	);
});

test.each([
	['CERTIFICATE', 'is a certificate', 'openssl x509 -in cert.pem -pubkey -noout'],
	['TRUSTED CERTIFICATE', 'is a certificate', 'openssl x509 -in cert.pem -pubkey -noout'],
	['RSA PUBLIC KEY', 'PKCS#1', 'openssl rsa -RSAPublicKey_in -in key.pem -pubout'],
])('a %s comes with the way to a public key', (label, fault, command) => {
	const error = refusalOf(labelled(label));
	expect(error.fault).toContain(fault);
	expect(error.advice).toContain(command);
});

test.each(['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', '---- BEGIN SSH2 PUBLIC KEY ----\n'])(
	'an SSH key that begins with %s comes with the way to a public key',
	(start) => {
		const error = refusalOf(`${start} AAAAC3NzaC1lZDI1NTE5AAAAIexample me@example.com`);
		expect(error.fault).toBe('is an SSH key');
		expect(error.advice).toContain('ssh-keygen -e -m PKCS8 -f key.pub');
	},
);

test('an X25519 point of low order, with which anyone could know the secret', () => {
	// RFC 7748 section 7 and RFC 8037 section 5; each gives an all-zero secret.
	const points = [
		'0000000000000000000000000000000000000000000000000000000000000000',
		'0100000000000000000000000000000000000000000000000000000000000000',
		'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
		'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
		'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
		'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
		'5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
	];
	const given = points.flatMap((point) => {
		const x = Buffer.from(point, 'hex').toString('base64url');
		const spki = Buffer.from(`302a300506032b656e032100${point}`, 'hex').toString('base64');
		return [{ kty: 'OKP', crv: 'X25519', x }, labelled('PUBLIC KEY', spki)];
	});
	for (const key of given) {
		expect(refusalOf(key).fault).toBe('is a key that cannot be encrypted to');
	}
});

test('an RSA modulus that OpenSSL cannot work with', () => {
	const even = Buffer.from(text(rsaJwk.n), 'base64url');
	even[even.length - 1] = (even[even.length - 1] ?? 0) & 0xfe;
	const huge = Buffer.alloc(3000, 0xff);
	for (const modulus of [even, huge]) {
		const { fault } = refusalOf({ ...rsaJwk, n: modulus.toString('base64url') });
		expect(fault).toBe('is a key that cannot be encrypted to');
	}
});

test('a point off the curve in PEM', () => {
	const spki = P256.publicKey.export({ type: 'spki', format: 'der' });
	spki[spki.length - 1] = (spki[spki.length - 1] ?? 0) ^ 1;
	const { fault } = refusalOf(labelled('PUBLIC KEY', spki.toString('base64')));
	expect(fault).toBe('is a PEM public key that cannot be read');
});

test('a point that is compressed in PEM is taken', () => {
	const whole = Buffer.from(bodyOf(P256), 'base64');
	// SPKI of P-256 (RFC 5480) with the point as its sign and x (SEC 1 section 2.3.3).
	const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
	const sign = Buffer.from([2 + (whole.readUInt8(whole.length - 1) & 1)]);
	const der = Buffer.concat([head, sign, whole.subarray(-64, -32)]);
	expect(
		readRecipient(block(der.toString('base64')))
			.encrypt('text')
			.split('.'),
	).toHaveLength(5);
});

test.each([
	['the least exponent', { ...rsaJwk, e: 'Aw' }],
	['use and alg', { ...rsaJwk, use: 'enc', alg: 'RSA-OAEP-256' }],
	['a right to encrypt', { ...rsaJwk, key_ops: ['verify', 'encrypt'] }],
	['a right to wrap', { ...rsaJwk, key_ops: ['wrapKey'] }],
	['the algorithm of an agreement', { ...ecJwk, alg: 'ECDH-ES' }],
	['a right to derive bits', { ...ecJwk, key_ops: ['deriveBits'] }],
	['a right to derive a key', { ...xJwk, key_ops: ['deriveKey'] }],
	["a right to wrap, as Latchset's jose gives it", { ...ecJwk, key_ops: ['wrapKey'] }],
	['no right, as WebCrypto exports the public end of an agreement', { ...xJwk, key_ops: [] }],
	['an empty name', { ...xJwk, kid: '' }],
])('a JWK is taken: %s', (_, jwk) => {
	expect(readRecipient(jwk).encrypt('text').split('.')).toHaveLength(5);
});
