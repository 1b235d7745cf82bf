import { createRequire } from 'node:module';
import path from 'node:path';

import { PACKAGE_ROOT } from './engine.mts';
import { record } from './read.mts';

/** An object of numbers that a module of the built node keeps for tests to change. */
function builtNumbers(
	file: string,
	name: string,
	packageRoot = PACKAGE_ROOT,
): Record<string, unknown> {
	const load = createRequire(import.meta.url);
	const built: unknown = load(path.join(packageRoot, 'dist', 'nodes', 'DigiCert', file));
	return record(record(built)[name]);
}

/** Lets the pauses of a build of the package last 20 ms at most, some excepted. */
export function cutPauses(packageRoot = PACKAGE_ROOT, kept: readonly string[] = []): void {
	const pauses = builtNumbers('http/pacing.js', 'pauses', packageRoot);
	for (const [name, length] of Object.entries(pauses)) {
		if (typeof length === 'number' && !kept.includes(name)) pauses[name] = Math.min(length, 20);
	}
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
		cutPauses(PACKAGE_ROOT, kept);
		bounds.leastTimeout = 1;
	});
	afterAll(() => {
		Object.assign(pauses, before);
		Object.assign(bounds, boundsBefore);
	});
}
