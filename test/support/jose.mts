import { compactDecrypt, decodeProtectedHeader, errors, importJWK, importPKCS8 } from 'jose';
import type { CompactJWEHeaderParameters, JWK } from 'jose';

/** A JWE with the private key that opens it. */
export interface Locked {
	jwe: string;
	jwk?: JWK;
	pem?: string;
}

/** Content and protected header, or jose's error code. What does not apply is empty. */
export interface Opened {
	text: string;
	header: Partial<CompactJWEHeaderParameters>;
	code: string;
}

async function open({ jwe, jwk = {}, pem }: Locked): Promise<Opened> {
	try {
		const { alg = '' } = decodeProtectedHeader(jwe);
		const key = pem === undefined ? await importJWK(jwk, alg) : await importPKCS8(pem, alg);
		const { plaintext, protectedHeader } = await compactDecrypt(jwe, key);
		return { text: new TextDecoder().decode(plaintext), header: protectedHeader, code: '' };
	} catch (error) {
		if (!(error instanceof errors.JOSEError)) throw error;
		return { text: '', header: {}, code: error.code };
	}
}

/** Opens JWEs the way a recipient does: with jose and nothing of ours. */
export async function openWithJose(locked: readonly Locked[]): Promise<Opened[]> {
	return await Promise.all(locked.map(open));
}
