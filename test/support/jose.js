'use strict';

const { execFileSync } = require('node:child_process');
const path = require('node:path');

/** Opens what it is given on its standard input, with jose and nothing of ours. */
const OPENER = `
	import { buffer } from 'node:stream/consumers';
	import * as jose from 'jose';
	async function open({ jwe, jwk, pem }) {
		const { alg } = jose.decodeProtectedHeader(jwe);
		const key = pem ? await jose.importPKCS8(pem, alg) : await jose.importJWK(jwk, alg);
		const { plaintext, protectedHeader } = await jose.compactDecrypt(jwe, key);
		return { text: new TextDecoder().decode(plaintext), header: protectedHeader };
	}
	const locked = JSON.parse(await buffer(process.stdin));
	const opened = locked.map((one) => open(one).catch(({ code }) => ({ code })));
	console.log(JSON.stringify(await Promise.all(opened)));
`;

/**
 * Opens JWEs the way a recipient does. In a process of its own, because jose is an ES module, and
 * jest loads those in CommonJS tests from Node 24.9 on only.
 *
 * @param {{ jwe: string, jwk?: object, pem?: string }[]} locked each with the private key
 * @returns {{ text?: string, header?: any, code?: string }[]} content and header, or jose's error
 */
function openWithJose(locked) {
	const input = JSON.stringify(locked);
	const cwd = path.join(__dirname, '..', '..');
	const options = ['--no-warnings', '--input-type=module', '--eval', OPENER];
	return JSON.parse(execFileSync(process.execPath, options, { cwd, input, encoding: 'utf8' }));
}

module.exports = { openWithJose };
