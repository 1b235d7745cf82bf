'use strict';

const { explanationOf, refusal } = require('../../dist/nodes/DigiCert/errors/failure');

test('what is thrown by DigiCert or by a fault of ours is explained', () => {
	expect(explanationOf(refusal('No', 'Do that.'))).toMatchObject({
		message: 'No',
		advice: 'Do that.',
	});
	expect(explanationOf(new TypeError('broken')).message).toBe('broken');
	expect(explanationOf('thrown').message).toBe('thrown');
});
