import { createRequire } from 'node:module';
import path from 'node:path';

import { PACKAGE_ROOT } from './engine.mts';
import { record } from './read.mts';

/** An object of numbers that a module of the built node keeps for tests to change. */
function builtNumbers(file: string, name: string): Record<string, unknown> {
	const load = createRequire(import.meta.url);
	const built: unknown = load(path.join(PACKAGE_ROOT, 'dist', 'nodes', 'DigiCert', file));
	return record(record(built)[name]);
}

/**
 * For the tests of one file: the product's pauses last 20 ms at most, and a timeout may be as short
 * as one likes. `kept` are pauses that stay as they are for users.
 */
export function shortenPauses(kept: readonly string[] = []): void {
	const pauses = builtNumbers('http/pacing.js', 'pauses');
	const bounds = builtNumbers('parameters/options.js', 'bounds');
	const before = { ...pauses };
	const boundsBefore = { ...bounds };
	beforeAll(() => {
		for (const [name, length] of Object.entries(pauses)) {
			if (typeof length === 'number' && !kept.includes(name)) pauses[name] = Math.min(length, 20);
		}
		bounds.leastTimeout = 1;
	});
	afterAll(() => {
		Object.assign(pauses, before);
		Object.assign(bounds, boundsBefore);
	});
}
