import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { PACKAGE_ROOT } from './engine.mts';
import { isRecord, record } from './read.mts';

const FILE = path.join(PACKAGE_ROOT, 'dist', 'nodes', 'DigiCert', 'http', 'pauses.js');

/** The object in which the built node keeps its pauses. */
function builtPauses(): Record<string, unknown> {
	if (!existsSync(FILE)) return {};
	const built: unknown = createRequire(import.meta.url)(FILE);
	const { pauses } = record(built);
	return isRecord(pauses) ? pauses : {};
}

/**
 * For the tests of one file: the product's pauses last 20 ms at most, and a timeout may be as short
 * as one likes. `kept` are pauses that stay as they are for users.
 */
export function shortenPauses(kept: readonly string[] = []): void {
	const pauses = builtPauses();
	const before = { ...pauses };
	beforeAll(() => {
		for (const [name, length] of Object.entries(pauses)) {
			if (typeof length === 'number' && !kept.includes(name)) pauses[name] = Math.min(length, 20);
		}
		if (typeof pauses.leastTimeout === 'number') pauses.leastTimeout = 1;
	});
	afterAll(() => {
		Object.assign(pauses, before);
	});
}
