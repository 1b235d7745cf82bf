import { AsyncLocalStorage } from 'node:async_hooks';

import type { IDataObject, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import { faults as presets } from '../../sandbox/index.mts';
import type { Sandbox } from '../../sandbox/index.mts';
import { isRecord } from '../support/read.mts';
import { enact } from './faultKinds.mts';
import type { Call, Env, PlannedFault } from './faultKinds.mts';
import { askIn, bareName, callOf } from './observation.mts';
import type { Plan, PlannedExecution } from './plan.mts';

/**
 * Where one execution sits: between the node and n8n's helper, which is called as it is. The seat
 * marks each request with a header, so that the sandbox's journal tells whose it is, and asks the
 * sandbox for the planned fault just before the request that it is meant for.
 */
export interface Seat {
	readonly index: number;
	/** Everything that n8n or the node logged. */
	readonly log: unknown[][];
	/** Hints beside the items. */
	readonly hints: unknown[];
	/** Calls that ended with an exception of n8n's helper. */
	readonly thrown: { call: Call; name: string }[];
	/** What sub-workflows stored, and after how many requests. */
	readonly stored: { json: IDataObject; at: number }[];
	/** How far the clock of this execution is from the machine's, in ms. */
	clockOffset: number;
	/** Settled when the node and its sub-workflows have ended, which a cancelled execution does not wait for. */
	ended: Promise<unknown>;
	cancel: () => void;
	/** How many requests the sandbox has had. */
	now(): number;
	/** Counts a step that an execution may be cancelled after. */
	step(): void;
	/** Sends a request as it is planned. */
	meet(
		options: IHttpRequestOptions,
		send: (marked: IHttpRequestOptions) => Promise<unknown>,
	): Promise<unknown>;
}

const seats = new AsyncLocalStorage<Seat>();
const MARK = 'x-execution-';

/** Runs something as the execution that sits here. */
export const sit = <T,>(seat: Seat, work: () => Promise<T>): Promise<T> => seats.run(seat, work);
export const currentSeat = (): Seat | undefined => seats.getStore();
/** Notes what the current execution logs. */
export const log = (...entry: unknown[]) => {
	seats.getStore()?.log.push(entry);
};
/** Whose request this is, by its header names; 0 when nobody's. */
export const seatOf = (headerNames: readonly string[]) =>
	Number(headerNames.find((name) => name.startsWith(MARK))?.slice(MARK.length) ?? 0);

let haveClocks = false;

/** Lets every execution have a clock of its own: `Date.now()` and `new Date()` ask its seat. */
export function giveClocks(): void {
	if (haveClocks) return;
	haveClocks = true;
	const RealDate = Date;
	const realNow = Date.now.bind(Date);
	RealDate.now = () => realNow() + (seats.getStore()?.clockOffset ?? 0);
	globalThis.Date = new Proxy(RealDate, {
		construct: (target, args: unknown[], self) => {
			const given = args.length === 0 ? [target.now()] : args;
			const made: unknown = Reflect.construct(target, given, self);
			if (typeof made !== 'object' || made === null) throw new Error('That is no date');
			return made;
		},
	});
}

/** Puts the seat of the current execution between a node and n8n's helper. */
export function takeSeats(node: { execute?: (this: IExecuteFunctions) => Promise<unknown> }): void {
	const { execute } = node;
	if (execute === undefined) throw new Error('The node cannot be executed');
	node.execute = function (this: IExecuteFunctions) {
		const seat = seats.getStore();
		if (seat === undefined) return execute.call(this);
		const { helpers } = this;
		const httpRequest = helpers.httpRequest.bind(helpers);
		// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the node's own `this`
		const { httpRequestWithAuthentication } = helpers;
		helpers.httpRequest = (options) => seat.meet(options, (marked) => httpRequest(marked));
		helpers.httpRequestWithAuthentication = function (type, options, more) {
			return seat.meet(options, (marked) =>
				httpRequestWithAuthentication.call(this, type, marked, more),
			);
		};
		const addHints = this.addExecutionHints.bind(this);
		this.addExecutionHints = (...hints) => {
			seat.hints.push(...hints);
			addHints(...hints);
		};
		const callWorkflow = this.executeWorkflow.bind(this);
		this.executeWorkflow = (...args) => {
			seat.step();
			const called = callWorkflow(...args);
			seat.ended = Promise.allSettled([seat.ended, called]);
			return called;
		};
		const running = execute.call(this);
		// n8n may start the node again.
		seat.ended = Promise.allSettled([seat.ended, running]);
		return running;
	};
}

interface Surroundings {
	readonly sandbox: Sandbox;
	readonly baseUrl: string;
	/** Moves DigiCert's clock. */
	readonly stepClock: (ms: number) => void;
	/** Told when the first creation goes out. */
	readonly onFirst: () => void;
}

/** Opens a seat for one execution of a plan. */
export function openSeat(
	index: number,
	{ items }: Plan,
	names: readonly string[],
	{ faults, cancelAfter, clockStep }: PlannedExecution,
	{ sandbox, baseUrl, onFirst, stepClock, ...env }: Env & Surroundings,
): Seat {
	const basePath = new URL(baseUrl).pathname;
	const waiting = faults.map((fault) => ({ fault, left: fault.times }));
	// One for each item of a name, in their order.
	const ofNames = new Map<string, (PlannedFault | undefined)[]>();
	for (const [item, { fault, faultIn = index }] of items.entries()) {
		const name = bareName(names[item] ?? '');
		ofNames.set(name, [...(ofNames.get(name) ?? []), faultIn === index ? fault : undefined]);
	}
	let creations = 0;
	let steps = 0;

	function faultFor(call: Call, bare: string): PlannedFault | undefined {
		const next = waiting.find(({ fault, left }) => fault.on === call && left > 0);
		if (next !== undefined) {
			next.left -= 1;
			return next.fault;
		}
		return call === 'create' ? ofNames.get(bare)?.shift() : undefined;
	}

	const seat: Seat = {
		index,
		log: [],
		hints: [],
		thrown: [],
		stored: [],
		clockOffset: 0,
		ended: Promise.resolve(),
		cancel: () => undefined,
		now: () => sandbox.requests().length,
		step() {
			steps += 1;
			if (steps === cancelAfter) setTimeout(seat.cancel, 3);
		},
		async meet(options, send) {
			const method = options.method ?? 'GET';
			const path = new URL(options.url, baseUrl).pathname.slice(basePath.length);
			const call = callOf(method, path);
			const name = bareName(askIn({ path, body: options.body }).name);
			const planned = faultFor(call, name);
			let fault = planned && enact(planned, env);
			const body: unknown = options.body;
			const sentName = isRecord(body) ? nameIn(body) : {};
			if (call === 'create') {
				creations += 1;
				if (creations === 1) onFirst();
				seat.step();
				if (creations === clockStep?.after) {
					if (clockStep.of === 'digicert') stepClock(clockStep.ms);
					else {
						seat.clockOffset += clockStep.ms;
						// Under way for long enough that whatever goes by the clock looks at it meanwhile.
						fault ??= presets.slow(250);
					}
				}
			}
			if (fault !== undefined && 'throws' in fault) {
				seat.thrown.push({ call, name });
				const answer = fault.when === 'before' ? '' : textOf(await send(marked(options, index)));
				throw fault.throws(answer);
			}
			if (fault !== undefined) {
				sandbox.addFault({
					...fault,
					match: { method, path: new RegExp(`^${path}$`), ...sentName },
				});
			}
			return await send(marked(options, index));
		},
	};
	return seat;
}

/** The name by which the sandbox finds a request. */
function nameIn({ name, api_name: apiName }: Record<string, unknown>) {
	const found = name ?? apiName;
	return typeof found === 'string' ? { name: found } : {};
}

function marked(options: IHttpRequestOptions, index: number): IHttpRequestOptions {
	return { ...options, headers: { ...options.headers, [`${MARK}${index}`]: 'yes' } };
}

function textOf(answer: unknown): string {
	if (!isRecord(answer)) return String(answer);
	return typeof answer.body === 'string' ? answer.body : '';
}
