/**
 * Does what fails for an unusable key. The error is dropped, because those of Node.js, OpenSSL and
 * the JSON parser repeat what was given, and their words differ between versions.
 *
 * @returns undefined when it failed
 */
export function attempt<T>(work: () => T): T | undefined {
	try {
		return work();
	} catch {
		return undefined;
	}
}
