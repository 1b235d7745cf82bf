import { readFileSync } from 'node:fs';
import path from 'node:path';

import { apply, BROKEN, pathIn } from './broken.mts';

const CHANGES = BROKEN.flatMap(({ name, changes }) =>
	changes.map((change) => [name, change[0], change] as const),
);

// The engines themselves are tried by `npm run test:faults -- --broken`, which takes minutes.
test.each(CHANGES)(
	'the place where an engine that %s is broken is still in %s',
	(_, file, change) => {
		const text = readFileSync(pathIn(path.join(import.meta.dirname, '..', '..'), file), 'utf8');
		expect(apply(change, text)).not.toBe(text);
	},
);
