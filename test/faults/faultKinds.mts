import { randomUUID } from 'node:crypto';

import { UnexpectedError } from 'n8n-workflow';

import { faults } from '../../sandbox/index.mts';
import type { Fault, RealReply } from '../../sandbox/index.mts';
import { at, isRecord } from '../support/read.mts';

/** What a request is for, as far as faults care. */
export type Call = 'create' | 'list' | 'read' | 'switchOff' | 'other';

/** What n8n's helper throws, before anything is sent or when the answer has come. */
export interface Thrown {
	readonly throws: (answer: string) => unknown;
	readonly when: 'before' | 'after';
}

/** What a fault may need to know of its run. */
export interface Env {
	/** The client's, in ms. */
	readonly timeout: number;
	readonly foreignHost: string;
	/** Registers a value that must not be told. */
	readonly addSecret: (value: string) => void;
}

interface Kind {
	readonly on: readonly Call[];
	/** What is drawn from for `make`: statuses, delays, lengths, places in a list. */
	readonly of?: readonly number[];
	readonly make: (choice: number, env: Env) => Fault | Thrown;
	/** Whether the answer to a look-up still shows every key, readable. */
	readonly showsAll?: boolean;
}

const ALL: readonly Call[] = ['create', 'list', 'read', 'switchOff', 'other'];
const CREATE: readonly Call[] = ['create'];
const LIST: readonly Call[] = ['list'];
const JSON_TYPE = { 'content-type': 'application/json' };

/** Another answer in the place of the right one, after the request was acted on. */
const instead = (reply: (real: RealReply) => { status: number; body?: unknown }) =>
	({
		when: 'after',
		action: 'reply',
		reply: (real: RealReply) => ({ ...reply(real), headers: JSON_TYPE }),
	}) as const satisfies Fault;

/** An error of A.1 that says this. */
const refusing = (when: Fault['when'], status: number, message: string) =>
	({
		when,
		action: 'reply',
		reply: { status, headers: JSON_TYPE, body: { errors: [{ code: 'odd', message }] } },
	}) as const satisfies Fault;

/** A list with its entries changed. */
const listOf = (change: (entries: readonly unknown[]) => readonly unknown[], more?: object) =>
	instead(({ status, body }) => {
		const { api_keys: keys } = isRecord(body) ? body : {};
		const entries: readonly unknown[] = Array.isArray(keys) ? keys : [];
		return { status, body: { api_keys: change(entries), ...more } };
	});

const coded = (code: string) => () => Object.assign(new Error(`${code} happened`), { code });
/** Errors of n8n and Node.js that prove nothing about what was sent. */
const THROWN: readonly ((answer: string) => unknown)[] = [
	coded('ECONNRESET'),
	coded('ETIMEDOUT'),
	coded('EPIPE'),
	coded('ECONNABORTED'),
	coded('ERR_STREAM_PREMATURE_CLOSE'),
	coded('Z_DATA_ERROR'),
	() => new UnexpectedError('Stream closed before completing'),
	() => new RangeError('Maximum call stack size exceeded'),
	() => new TypeError('terminated'),
	() => new DOMException('This operation was aborted', 'AbortError'),
	(answer) => new SyntaxError(`Unexpected token < in ${answer}`),
	() => 'a text',
	() => undefined,
	() => null,
	() => Object.freeze({ __proto__: null }),
	() =>
		Object.defineProperty(new Error(), 'message', {
			get: () => {
				throw new Error('There is no message');
			},
		}),
];
/** Errors that come before anything is sent, and say so. */
const UNSENT: readonly ((answer: string) => unknown)[] = [
	coded('ECONNREFUSED'),
	coded('ENOTFOUND'),
	coded('EAI_AGAIN'),
	coded('DEPTH_ZERO_SELF_SIGNED_CERT'),
	coded('ERR_INVALID_CHAR'),
	() => new AggregateError([coded('ECONNREFUSED')(), coded('ECONNREFUSED')()]),
];
/** Draws from anything else than numbers, by the place in a list. */
const from = <T,>(list: readonly T[], make: (drawn: T) => Fault | Thrown) => ({
	of: list.map((_, index) => index),
	make: (index: number) => make(at(list, index)),
});

/** Bodies that are no answer to anything, and mostly JSON. */
const ODD_BODIES = ['[]', 'null', '"ok"', '0', '{}', '{"api_key":null,"id":null}', '\uFEFF{}', '{'];
const ODD_DATES = [
	'Sat, 13 Sep 275760 00:00:00 GMT',
	'Sat, 13 Sep 275760 00:00:01 GMT',
	'yesterday',
	'0',
	'Thu, 01 Jan 1970 00:00:00 GMT',
];
const HOUR = 3_600_000;
/** What asks for no pause that anybody could keep, though much of it is a date to Node.js. */
const ODD_WAITS = ['in 7', 'May 7', '7.5', '-1', 'Thu, 01 Jan 1970 00:00:00 GMT'];

/** All that can go wrong, by name. */
export const KINDS: Readonly<Record<string, Kind>> = {
	dropBefore: { on: ALL, make: faults.dropBefore },
	dropAfter: { on: ALL, make: faults.dropAfter },
	errorBefore: { on: ALL, of: [500, 502, 503, 504], make: faults.errorBefore },
	errorAfter: { on: ALL, of: [500, 502, 503, 504, 408, 499], make: faults.errorAfter },
	slow: { on: ALL, of: [1, 60, 250], make: faults.slow, showsAll: true },
	tooSlow: { on: ALL, of: [50, 300], make: (ms, { timeout }) => faults.slow(timeout + ms) },
	halfBody: { on: ALL, make: faults.halfBody },
	headersAfter: { on: ALL, make: faults.headersAfter },
	brokenGzip: { on: ALL, make: faults.brokenGzipAfter },
	htmlBefore: { on: ALL, of: [403, 407, 502, 503, 504], make: faults.htmlBefore },
	htmlAfter: { on: ALL, of: [200, 201, 502, 504], make: faults.htmlAfter },
	redirect: {
		on: ALL,
		of: [301, 302, 303, 307, 308],
		make: (status, { foreignHost }) => faults.redirect(foreignHost, status),
	},
	unauthorized: { on: ALL, make: faults.unauthorized },
	forbiddenInvalidKey: { on: ALL, make: faults.forbiddenInvalidKey },
	errorsAsObject: { on: ALL, of: [400, 409, 422], make: faults.errorsAsObject },
	adminKeyEchoed: { on: ALL, ...from(['otherCase', 'urlEncoded'] as const, faults.echoKey) },
	oddDate: { on: ALL, ...from(ODD_DATES, faults.datedAfter), showsAll: true },
	otherClock: { on: ALL, of: [HOUR, -HOUR, 3_000], make: faults.datedAfter, showsAll: true },
	oddBody: {
		on: ALL,
		...from(ODD_BODIES, (body) => instead(({ status }) => ({ status, body }))),
	},
	limited: { on: ALL, of: [-1, 0, 0, 0, 1], make: limited },
	limitedOddly: { on: ALL, ...from(ODD_WAITS, (retryAfter) => faults.rateLimited({ retryAfter })) },
	limitedForLong: { on: ['create', 'list', 'switchOff'], make: () => limited(3_600) },
	throwsBefore: {
		on: ALL,
		...from([...THROWN, ...UNSENT], (throws) => ({ throws, when: 'before' })),
	},
	throwsAfter: { on: ALL, ...from(THROWN, (throws) => ({ throws, when: 'after' })) },

	late: {
		on: CREATE,
		of: [50, 300],
		make: (ms, { timeout }) => faults.late(timeout + ms),
	},
	emptyAfter: { on: ['create', 'list'], of: [200, 201, 204, 502, 504], make: faults.emptyAfter },
	notJsonAfter: { on: ['create', 'list'], make: faults.notJsonAfter },
	noKeyAfter: { on: ['create', 'list'], make: faults.noKeyAfter },
	wrongTypesAfter: { on: CREATE, make: faults.wrongTypesAfter },
	nested: { on: CREATE, of: [4_000, 10_000, 20_000], make: faults.nestedAfter },
	bigId: { on: CREATE, make: () => faults.oddJsonAfter('unsafeId') },
	noId: { on: CREATE, make: () => faults.oddJsonAfter('noId') },
	textId: { on: CREATE, make: () => faults.oddJsonAfter('textId') },
	emptyKey: { on: CREATE, make: () => faults.oddJsonAfter('emptyKey') },
	blankKey: { on: CREATE, make: () => faults.oddJsonAfter('blankKey') },
	oddJson: {
		on: CREATE,
		...from(['duplicateKeys', 'proto', 'array'] as const, faults.oddJsonAfter),
	},
	limitedWithKey: { on: CREATE, make: faults.limitedAfter },
	keyToldInError: {
		on: CREATE,
		of: [500, 502],
		make(status, { addSecret }) {
			const key = randomUUID();
			addSecret(key);
			return refusing('after', status, `Key ${key} could not be stored`);
		},
	},
	keyQuoted: {
		on: CREATE,
		of: [0, 1],
		make(form, { addSecret }) {
			const key = `S3CR3T${randomUUID().slice(0, 8)}`;
			addSecret(key);
			const quoted = JSON.stringify({ key });
			return form === 0
				? instead(() => ({ status: 500, body: quoted }))
				: refusing('after', 500, `There is ${quoted} in the way`);
		},
	},
	keyCutOff: { on: CREATE, of: [500, 502], make: (status) => faults.cutErrorAfter(status, 90) },
	keyCutShort: {
		on: CREATE,
		make: () =>
			instead(({ text }) => ({
				status: 201,
				body: (/^.*"api_key":"?.{25}/.exec(text) ?? [''])[0],
			})),
	},

	staleList: { on: LIST, of: [1, 3, 1_000], make: faults.staleList },
	totalTooHigh: { on: LIST, make: () => faults.oddList('highTotal'), showsAll: true },
	cutPage: {
		on: LIST,
		of: [0, 1],
		make: (left) =>
			listOf((entries) => entries.slice(0, left), {
				page: { total: 100_000, limit: 1_000, offset: 0 },
			}),
	},
	oddEntries: {
		on: LIST,
		...from([[null], [{}], [{ name: 'a' }], [7]], (odd) =>
			listOf((entries) => [...odd, ...entries]),
		),
		showsAll: true,
	},
	textIds: { on: LIST, make: () => faults.oddList('textIds'), showsAll: true },
	bigIds: { on: LIST, make: () => faults.oddList('unsafeId') },
	oddTimes: {
		on: LIST,
		...from(['timeWithoutZone', 'dateOnly', 'noTime'] as const, faults.oddList),
		showsAll: true,
	},
	cutList: {
		on: LIST,
		make: () =>
			instead(({ status, body }) => ({ status, body: JSON.stringify(body).slice(0, -40) })),
	},
};

function limited(seconds: number): Fault {
	return faults.rateLimited(seconds < 0 ? {} : { retryAfter: seconds });
}

/** The forms in which a server may echo a secret, the form in which it came left out. */
export function formsOf(secret: string): string[] {
	const percent = Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16)}`).join('');
	return [secret.toUpperCase(), secret.toLowerCase(), percent];
}

/** A fault as a plan has it: plain data. */
export interface PlannedFault {
	readonly kind: string;
	readonly choice: number;
}

/** Makes a planned fault. */
export function enact({ kind, choice }: PlannedFault, env: Env): Fault | Thrown {
	const made = KINDS[kind]?.make(choice, env);
	if (made === undefined) throw new Error(`No fault is called ${kind}`);
	return 'throws' in made ? made : { ...made, preset: kind };
}
