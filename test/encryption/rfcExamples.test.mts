import { createPrivateKey, createPublicKey } from 'node:crypto';

import { deriveKey, seal } from '../../dist/nodes/DigiCert/encryption/jwe.js';

const privateKey = (key: any) => createPrivateKey({ key, format: 'jwk' });
const publicKey = (key: any) => createPublicKey({ key, format: 'jwk' });

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
	]) {
		const shared = { ...other, d: undefined };
		const key = deriveKey(privateKey(own), publicKey(shared), 'A128GCM', 128, 'Alice', 'Bob');
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
