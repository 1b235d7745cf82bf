import type { Fault, FaultMatch } from './faults.mts';

/** What a fault is chosen by. */
interface Hit {
	method: string;
	path: string;
	name: string | undefined;
}

export interface FaultBook {
	/** Throws TypeError for a fault that is not well formed. */
	add: (fault: Fault) => void;
	/** Gives the first fault that matches, and counts it as used. */
	take: (request: Hit) => Fault | undefined;
	clear: () => void;
}

/** Makes the list of faults that wait for their request. */
export function createFaultBook(): FaultBook {
	let waiting: { fault: Fault; left: number }[] = [];

	return {
		add(fault) {
			checkFault(fault);
			waiting.push({ fault, left: fault.times ?? 1 });
		},
		take(request) {
			const found = waiting.find(({ fault }) => matches(fault.match ?? {}, request));
			if (!found) return undefined;
			found.left -= 1;
			if (found.left === 0) waiting = waiting.filter((other) => other !== found);
			return found.fault;
		},
		clear() {
			waiting = [];
		},
	};
}

function matches({ method, path, name }: FaultMatch, request: Hit): boolean {
	if (method !== undefined && method.toUpperCase() !== request.method) return false;
	if (typeof path === 'string' && !request.path.includes(path)) return false;
	// `search`, not `test`: it does not depend on where a global pattern stopped last time.
	if (path instanceof RegExp && request.path.search(path) === -1) return false;
	return name === undefined || name === request.name;
}

/**
 * Refuses what the type of a fault lets pass, and arguments of a preset that make no sense.
 *
 * @throws TypeError
 */
function checkFault(fault: Fault): void {
	const { when, action, delayMs = 0, outlast, reply, times = 1 } = fault;
	const rules: [holds: boolean, rule: string][] = [
		[
			!['headers', 'half'].includes(action) || when === 'after',
			"part of a reply can only be sent 'after'",
		],
		[(action === 'reply') === (reply !== undefined), "reply goes with action 'reply'"],
		[typeof reply !== 'object' || isStatus(reply.status), 'reply.status is 200 to 599'],
		[Number.isFinite(delayMs) && delayMs >= 0, 'delayMs is not negative'],
		[outlast === undefined || when === 'before', "only a wait 'before' can outlast the client"],
		[times === Infinity || (Number.isInteger(times) && times > 0), 'times is 1 or more'],
	];
	const broken = rules.find(([holds]) => !holds);
	if (broken) throw new TypeError(`Not a fault: ${broken[1]}`);
}

function isStatus(status: number): boolean {
	return Number.isInteger(status) && status >= 200 && status <= 599;
}
