'use strict';

const { stopError } = require('../../dist/nodes/DigiCert/errors/stopError');
const { certCentral } = require('../../dist/nodes/DigiCert/http/apis');

const NODE = /** @type {any} */ ({ name: 'DigiCert' });
const CLIENT = /** @type {any} */ ({ api: certCentral, timeoutMs: 1, redact: String });

/** A request, as far as errors need it. @param {number} itemIndex @returns {any} */
function requestOf(itemIndex) {
	return {
		itemIndex,
		name: `key ${itemIndex}`,
		subject: { thing: 'user 1' },
		keyIdOf: (/** @type {any} */ { id }) => id,
	};
}

// The other ways to stop are met for real in test/engine; this one is a matter of a moment.
test('a run that was cancelled between two creations names the key that it made', () => {
	const [made, left] = [requestOf(0), requestOf(1)];
	const outcomes = new Map([[made, { kind: 'issued', reply: { id: 184, api_key: 'value' } }]]);
	const error = stopError(NODE, CLIENT, [made, left], /** @type {any} */ (outcomes));
	expect(error?.message).toContain('was not started, because the execution was cancelled [item 1]');
	expect(error?.description).toContain('so revoke them: key 184 ("key 0" of user 1)');
	expect(error?.description).not.toContain('value"');
});

test('a run in which every key was made does not stop', () => {
	const made = requestOf(0);
	const outcomes = new Map([[made, { kind: 'issued', reply: { api_key: 'value' } }]]);
	expect(stopError(NODE, CLIENT, [made], /** @type {any} */ (outcomes))).toBeUndefined();
});
