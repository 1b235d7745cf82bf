'use strict';

/** @typedef {import('./types').Fault} Fault */

const FIELDS = ['preset', 'when', 'action', 'delayMs', 'outlast', 'reply', 'match', 'times'];
const MATCH_FIELDS = ['method', 'path', 'name'];
const ACTIONS = ['pass', 'drop', 'half', 'reply'];

/**
 * Makes the list of faults that wait for their request.
 *
 * @returns {import('./types').FaultBook} `add` throws TypeError for a fault that is not well
 *   formed; `take` gives the first fault that matches, and counts it as used
 */
function createFaultBook() {
	/** @type {{ fault: Fault, left: number }[]} */
	let waiting = [];
	let lastId = 0;

	return {
		add(fault) {
			checkFault(fault);
			waiting.push({ fault, left: fault.times ?? 1 });
			lastId += 1;
			return lastId;
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

/**
 * @param {import('./types').FaultMatch} match
 * @param {{ method: string, path: string, name: string | undefined }} request
 */
function matches({ method, path, name }, request) {
	if (method !== undefined && method.toUpperCase() !== request.method) return false;
	if (typeof path === 'string' && !request.path.includes(path)) return false;
	// `search`, not `test`: it does not depend on where a global pattern stopped last time.
	if (path instanceof RegExp && request.path.search(path) === -1) return false;
	return name === undefined || name === request.name;
}

/**
 * Refuses a fault that would silently do nothing, such as a preset that was not called.
 *
 * @param {Fault} fault
 * @throws {TypeError}
 */
function checkFault(fault) {
	const { when, action, delayMs = 0, outlast, reply, match = {}, times = 1 } = fault;
	mustHold(
		Object.keys(fault).every((field) => FIELDS.includes(field)),
		`a fault has ${FIELDS}`,
	);
	mustHold(when === 'before' || when === 'after', "when is 'before' or 'after'");
	mustHold(ACTIONS.includes(action), `action is one of ${ACTIONS}`);
	mustHold(action !== 'half' || when === 'after', "half a reply can only be sent 'after'");
	mustHold((action === 'reply') === (reply !== undefined), "reply goes with action 'reply'");
	mustHold(typeof reply !== 'object' || isStatus(reply.status), 'reply.status is 200 to 599');
	mustHold(Number.isFinite(delayMs) && delayMs >= 0, 'delayMs is not negative');
	mustHold(
		outlast === undefined || when === 'before',
		"only a wait 'before' can outlast the client",
	);
	mustHold(times === Infinity || (Number.isInteger(times) && times > 0), 'times is 1 or more');
	mustHold(
		Object.keys(match).every((key) => MATCH_FIELDS.includes(key)),
		`match: ${MATCH_FIELDS}`,
	);
}

/** @param {unknown} status */
function isStatus(status) {
	return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}

/**
 * @param {boolean} holds
 * @param {string} rule
 */
function mustHold(holds, rule) {
	if (!holds) throw new TypeError(`Not a fault: ${rule}`);
}

module.exports = { createFaultBook };
