'use strict';

/** Building blocks of the JSON schemas for requests. */

/** An id or number in a path or query, where everything is text. */
const digits = { type: 'string', pattern: '^[0-9]+$' };

/** A name. That an empty one is refused is a guess (F.4, F.19). */
const name = { type: 'string', minLength: 1 };

/**
 * An object that refuses unknown fields, which DigiCert is not known to do: in a test a misspelt
 * field must not go unnoticed.
 *
 * @param {Record<string, object>} properties
 * @param {string[]} [required]
 */
function object(properties, required = []) {
	return { type: 'object', additionalProperties: false, properties, required };
}

module.exports = { digits, name, object };
