/**
 * Runs the test files of a folder as one, so that they share what they load: n8n-core costs two
 * seconds of CPU. Each keeps its hooks to itself. Tests with an n8n of other settings stand alone.
 */
// Its hook is for all of them.
import './breakDown.mts';

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const load = createRequire(import.meta.url);

export function groupFiles(folder: string): void {
	for (const file of readdirSync(folder).sort()) {
		const [name = '', rest] = file.split('.test.');
		if (rest !== 'mts') continue;
		describe(name, () => {
			load(path.join(folder, file));
		});
	}
}
