import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import path from 'node:path';
import { types } from 'node:util';

/** A call to be broken: what is called, and the how-manieth call since the first creation. */
export interface Target {
	readonly what: string;
	readonly call: number;
}

/** What is done to one run. */
interface Hand {
	readonly target: Target | undefined;
	readonly counts: Map<string, number>;
	isOn: boolean;
}

/** A hand on every function that the built node's modules give each other. */
export interface Tampering {
	/**
	 * Does some work while calls are counted, from when it says that the first creation goes out.
	 *
	 * @param target the call that throws instead
	 * @returns what the work gave, and how often each function was called
	 */
	during<T>(
		work: (onFirst: () => void) => Promise<T>,
		target?: Target,
	): Promise<{ result: T; counts: ReadonlyMap<string, number> }>;
	/** Takes the hand off the module loader. */
	close(): void;
}

/** How deep functions are looked for in what a module exports or a function gives. */
const DEPTH = 3;

/**
 * Puts itself around every function that the package's modules export, and around the functions
 * in what those give, as soon as a module is loaded: so it knows no module by name.
 */
export function tamper(packageRoot: string): Tampering {
	const home = path.join(packageRoot, 'dist', 'nodes') + path.sep;
	const wrapped = new WeakSet<object>();
	const hands = new AsyncLocalStorage<Hand>();

	function wrap<T>(value: T, name: string, depth: number): T {
		if (depth === 0 || (typeof value !== 'object' && typeof value !== 'function')) return value;
		if (value === null || wrapped.has(value)) return value;
		if (typeof value === 'function') return wrapFunction(value, name);
		if (!isPlain(value)) return value;
		wrapped.add(value);
		for (const [key, { value: part, writable }] of Object.entries(
			Object.getOwnPropertyDescriptors(value),
		)) {
			if (writable === true)
				Object.assign(value, { [key]: wrap<unknown>(part, `${name}.${key}`, depth - 1) });
		}
		return value;
	}

	function wrapFunction<T extends object>(value: T, name: string): T {
		const proxy = new Proxy(value, {
			apply(of, self: unknown, args: unknown[]): unknown {
				const hand = hands.getStore();
				if (hand?.isOn === true) {
					const call = (hand.counts.get(name) ?? 0) + 1;
					hand.counts.set(name, call);
					if (hand.target?.what === name && hand.target.call === call) {
						const error = new RangeError('Thrown on purpose');
						if (types.isAsyncFunction(of)) return Promise.reject(error);
						throw error;
					}
				}
				if (typeof of !== 'function') throw new Error(`${name} is no function`);
				const result: unknown = Reflect.apply(of, self, args);
				return types.isPromise(result)
					? result.then((value: unknown) => wrap(value, `${name}()`, DEPTH))
					: wrap(result, `${name}()`, DEPTH);
			},
		});
		wrapped.add(proxy);
		return proxy;
	}

	const load = createRequire(import.meta.url);
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else sees a module between its loading and its first use
	const { extensions } = load;
	const loadJs = extensions['.js'];
	extensions['.js'] = (module, file) => {
		loadJs(module, file);
		if (file.startsWith(home)) wrap<unknown>(module.exports, file.slice(home.length), DEPTH);
	};
	return {
		async during(work, target) {
			const hand: Hand = { target, counts: new Map(), isOn: false };
			const onFirst = () => {
				hand.isOn = true;
			};
			const result = await hands.run(hand, () => work(onFirst));
			return { result, counts: new Map(hand.counts) };
		},
		close() {
			extensions['.js'] = loadJs;
		},
	};
}

function isPlain(value: object): boolean {
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
