'use strict';

const { PACKAGE_ROOT } = require('../support/engine');
const { applyTo, BROKEN } = require('./broken');

const CHANGES = BROKEN.flatMap(({ name, changes }) =>
	changes.map((change) => /** @type {const} */ ([name, change])),
);

// The engines themselves are tried by `node test/faults --broken`, which takes minutes.
test.each(CHANGES)('the place where an engine that %s is broken is still there', (_, change) => {
	const { changed } = applyTo(PACKAGE_ROOT, change);
	expect(changed.length).toBeGreaterThan(0);
});
