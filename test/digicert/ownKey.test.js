'use strict';

const { explainLookUp } = require('../../dist/nodes/DigiCert/digicert/ownKey');

test('an error that is no answer of DigiCert is passed on as it is', () => {
	const bug = new TypeError('a bug');
	expect(explainLookUp(bug)).toBe(bug);
});
