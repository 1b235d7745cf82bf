import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { isRecord, list, parse, record } from './read.mts';

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

/** A JWE with the private key that opens it. */
export interface Locked {
	jwe: string;
	jwk?: object;
	pem?: string;
}

/** Content and protected header, or jose's error code. */
export interface Opened {
	text: string;
	header: Record<string, unknown>;
	code: string;
}

/**
 * Opens JWEs the way a recipient does. In a process of its own, because jose is an ES module, and
 * jest loads those in CommonJS tests from Node 24.9 on only.
 *
 * @returns for each of them what is in it; what does not apply is empty
 */
export function openWithJose(locked: readonly Locked[]): Opened[] {
	const input = JSON.stringify(locked);
	const cwd = path.join(import.meta.dirname, '..', '..');
	const options = ['--no-warnings', '--input-type=module', '--eval', OPENER];
	const printed = execFileSync(process.execPath, options, { cwd, input, encoding: 'utf8' });
	return list(parse(printed)).map((opened) => {
		const { text = '', header = {}, code = '' } = record(opened);
		return { text: String(text), header: isRecord(header) ? header : {}, code: String(code) };
	});
}
