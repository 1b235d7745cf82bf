/** Exceptions where the built node has none, for tests of what they may not cost. */
import { createRequire } from 'node:module';
import path from 'node:path';

import { record } from './read.mts';
import { PACKAGE_ROOT } from './root.mts';

export const SECRET = 'a text that could quote a key';
export class Odd extends RangeError {}

const load = createRequire(import.meta.url);
const undo: (() => void)[] = [];

/** Does something whenever an exported function of a built module is called, before its own work. */
export function beforeCalls(file: string, name: string, work: (call: number) => void): void {
	const built: unknown = load(path.join(PACKAGE_ROOT, 'dist', 'nodes', 'DigiCert', file));
	const module = record(built);
	const real = module[name];
	if (typeof real !== 'function') throw new Error(`${name} is no function of ${file}`);
	let calls = 0;
	undo.push(() => {
		module[name] = real;
	});
	module[name] = (...args: unknown[]): unknown => {
		calls += 1;
		work(calls);
		const result: unknown = Reflect.apply(real, undefined, args);
		return result;
	};
}

/** Has an exported function of a built module throw, at one call or from that one on. */
export function breakDown(
	file: string,
	name: string,
	atCall = 1,
	forGood = false,
	thrown: unknown = new Odd(SECRET),
): void {
	beforeCalls(file, name, (call) => {
		if (call === atCall || (forGood && call > atCall)) throw thrown;
	});
}
afterEach(() => {
	for (const back of undo.splice(0)) back();
});
