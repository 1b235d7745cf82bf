import { isRecord } from '../values';

/** One entry of DigiCert's `errors`. Either part may be missing. */
export interface ServerError {
	readonly code: string;
	readonly message: string;
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * Reads an error body. CertCentral documents `{ errors: [{ code, message }] }` (digicert-api.md
 * A.1). A single object in place of the array was seen in a client's fixture (E), and the
 * partner API documents no error body (B.1), so a bare `{ code, message }` and
 * `{ error: { … } }` or `{ error: "…" }` are read as well.
 *
 * @returns the errors with any text, in DigiCert's order; empty when there are none
 */
export function readServerErrors(json: unknown): ServerError[] {
	if (!isRecord(json)) return [];
	const found = [json.errors, json.error, json].map(readEntries);
	return found.find((entries) => entries.length > 0) ?? [];
}

function readEntries(found: unknown): ServerError[] {
	const entries: unknown[] = Array.isArray(found) ? found : [found];
	return entries
		.map((entry) =>
			isRecord(entry)
				? { code: text(entry.code), message: text(entry.message) }
				: { code: '', message: text(entry) },
		)
		.filter(({ code, message }) => code !== '' || message !== '');
}
