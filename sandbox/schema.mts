/** Building blocks of the JSON schemas for requests. */

/** An id or number in a path or query, where everything is text. */
export const digits = { type: 'string', pattern: '^[0-9]+$' };

/** A name. That an empty one is refused is a guess (digicert-api.md F.4, F.19). */
export const name = { type: 'string', minLength: 1 };

/**
 * An object that refuses unknown fields, which DigiCert is not known to do: in a test a misspelt
 * field must not go unnoticed.
 */
export function object(properties: Record<string, object>, required: string[] = []) {
	return { type: 'object', additionalProperties: false, properties, required };
}
