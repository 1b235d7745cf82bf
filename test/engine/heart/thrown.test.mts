/**
 * Nothing that is thrown loses a key: an exception in what the steps call ends in an outcome that is
 * true. (`npm run test:faults -- --injection` throws at every call; here is one of each kind.)
 */
import { explanationOf } from '../../../dist/nodes/DigiCert/errors/failure.js';
import { judgeThrown } from '../../../dist/nodes/DigiCert/http/classify.js';
import { inLanes } from '../../../dist/nodes/DigiCert/scheduling.js';
import { faults } from '../../../sandbox/index.mts';
import { beforeCalls, breakDown, Odd, SECRET } from '../../support/breakDown.mts';
import { ALWAYS, answering, LIST, POST, useLab } from '../../support/lab.mts';
import { keyPairs, pemOf } from '../../support/keyPairs.mts';
import { ExecuteContext } from '../../support/n8n.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { at } from '../../support/read.mts';
import { errorOf, hintsOf, itemError, itemErrors, jsonsOf } from '../../support/told.mts';

const lab = useLab();
shortenPauses();

const run = async (onError: string, options: object = {}) =>
	await lab.createUserKeys(['A', 'B', 'C'].map(lab.item), {
		parameters: { options: { concurrency: 1, ...options } },
		settings: onError === 'stopWorkflow' ? {} : { onError: 'continueErrorOutput' },
	});

/** Checks that each key alive is delivered or named, and that no input item passes for a success. */
async function expectAccounted(onError: string, options: object = {}) {
	const execution = await run(onError, options);
	const errors = onError === 'stopWorkflow' ? [errorOf(execution)] : itemErrors(execution);
	const named = errors.flatMap(({ keys }) => keys.map(({ id }) => id));
	const items = jsonsOf(execution, 'Next');
	const isKey = (json: object) => 'api_key' in json || 'api_key_jwe' in json || 'skipped' in json;
	expect(items.filter((json) => !isKey(json))).toEqual([]);
	const known = [...named, ...items.map(({ id }) => id)];
	const unseen = lab
		.created()
		.filter(({ id, status }) => status === 'active' && !known.includes(id));
	expect(unseen).toEqual([]);
	expect(lab.creations().length).toBeLessThanOrEqual(4);
	const said = JSON.stringify([errors, hintsOf(execution), lab.log.map(String)]);
	expect(said).not.toContain(SECRET);
	return { execution, errors };
}

const PEM = { recipientPublicKey: pemOf(keyPairs['P-256'].publicKey) };
const SKIP = { ifNameExists: 'skip' };

describe.each(['stopWorkflow', 'continueErrorOutput'])('%s', (onError) => {
	test.each<[what: string, file: string, name: string, atCall: number, options: object]>([
		['before a request is made', 'http/pacing.js', 'sendPaced', 2, {}],
		['when an answer is judged', 'http/classify.js', 'classify', 3, {}],
		['when an answer is read', 'http/exchange.js', 'toReply', 2, {}],
		['when a key is packed', 'encryption/recipient.js', 'encryptSecrets', 2, PEM],
		['when names are settled', 'digicert/keyLists.js', 'readOnceWith', 2, SKIP],
		['when a name is settled', 'digicert/keyNames.js', 'tagOf', 1, SKIP],
		['when keys are tried', 'digicert/keys.js', 'verifyKey', 2, { verify: true }],
		['when the output is made', 'run.js', 'toOutput', 1, {}],
		['when errors are made', 'issuance/explain.js', 'explainOutcome', 1, {}],
	])('%s', async (_, file, name, atCall, options) => {
		lab.fault(faults.noKeyAfter(), { match: { name: 'C' } });
		breakDown(file, name, atCall);
		await expectAccounted(onError, options);
	});

	test('when a request cannot be made: nothing was sent for that item', async () => {
		lab.fault(faults.errorsAsObject(), { match: { name: 'never' } });
		breakDown('issuance/creation.js', 'laneOf', 1, true);
		const { errors } = await expectAccounted(onError);
		expect(lab.creations()).toEqual([]);
		expect(errors.flatMap(({ keys }) => keys)).toEqual([]);
	});
});

test('an exception after the request went out: unknown, told by its name alone', async () => {
	breakDown('http/exchange.js', 'toReply');
	breakDown('http/classify.js', 'judgeThrown');
	const { errors } = await expectAccounted('continueErrorOutput');
	expect(errors).toHaveLength(1);
	expect(at(errors, 0).description).toContain(
		'Something went wrong in this node while it handled the request (RangeError)',
	);
	expect(at(errors, 0).keys[0]).toMatchObject({ id: at(lab.created(), 0).id, state: 'candidate' });
});

test('a key that cannot be packed is switched off, and says why', async () => {
	breakDown('encryption/recipient.js', 'encryptSecrets', 2);
	const { errors, execution } = await expectAccounted('continueErrorOutput', PEM);
	expect(jsonsOf(execution, 'Next')).toHaveLength(2);
	expect(at(errors, 0).message).toMatch(
		/^Something went wrong in this node, so key \d+ of this item was switched off again/,
	);
	expect(at(errors, 0).description).toContain('It ended with: RangeError.');
	expect(lab.statuses()).toEqual(['active', 'revoked', 'active']);
});

test('a node that stops makes no further key after one that cannot be packed', async () => {
	breakDown('encryption/recipient.js', 'encryptSecrets');
	await expectAccounted('stopWorkflow', PEM);
	expect(lab.creations()).toHaveLength(1);
});

test('what breaks after an answer was lost is noted, and how it was lost is told', async () => {
	lab.fault(faults.dropAfter(), { match: { name: 'B' } });
	// Three times for the lanes, then after each request.
	breakDown('issuance/creation.js', 'laneOf', 5);
	const { execution, errors } = await expectAccounted('continueErrorOutput');
	expect(at(errors, 0).description).toContain('ECONNRESET');
	expect(hintsOf(execution)).toContainEqual(expect.stringContaining('went wrong in this node'));
});

test('with Roll Back off, it is named as it may still be live', async () => {
	breakDown('encryption/recipient.js', 'encryptSecrets', 2);
	const { errors } = await expectAccounted('continueErrorOutput', { ...PEM, rollback: false });
	const { id } = at(lab.created(), 1);
	expect(at(errors, 0).message).toContain(`so key ${id} of this item may still be live`.slice(3));
	expect(at(errors, 0).description).toContain('Make sure to revoke it.');
	expect(lab.statuses()).toEqual(['active', 'active', 'active']);
});

const LOOK = /Look in CertCentral .* for it, and revoke it\./;
test.each([
	['names what the list shows', 0, /one of these: key \d+, or another one in CertCentral/],
	['says where to look when it shows none', 200, LOOK],
	['says where to look when it is refused', 403, LOOK],
])('an answer without an ID, and a key that cannot be packed: %s', async (_, status, advice) => {
	lab.fault(faults.oddJsonAfter('noId'), { match: { name: 'B' } });
	if (status > 0) lab.fault(answering(status, { api_keys: [] }), { ...LIST, ...ALWAYS });
	breakDown('encryption/recipient.js', 'encryptSecrets', 2);
	const { description, keys } = at(itemErrors(await run('continueErrorOutput', PEM)), 0);
	expect(description).toMatch(advice);
	expect(keys.at(-1)).toMatchObject({ id: null, name: 'B', state: 'live' });
});

test('the same beside a key of another run: it may be neither of the two', async () => {
	await lab.createUserKeys([lab.item('B')]);
	lab.fault(faults.oddJsonAfter('noId'), { match: { name: 'B' } });
	breakDown('encryption/recipient.js', 'encryptSecrets', 2);
	const { description, keys } = at(itemErrors(await run('continueErrorOutput', PEM)), 0);
	expect(description).toMatch(/one of these: keys [\d, ]+, or another one in CertCentral/);
	expect(keys.map(({ state }) => state)).toEqual(['candidate', 'candidate', 'live']);
});

test('a look-up that breaks leaves the advice to look by hand', async () => {
	lab.fault(faults.dropAfter(), { match: { name: 'B' } });
	breakDown('digicert/keyLists.js', 'readOnceWith', 2);
	const errors = itemErrors(await run('continueErrorOutput'));
	expect(errors).toMatchObject([{ itemIndex: 1, keys: [{ id: null, state: 'may_exist' }] }]);
	expect(at(errors, 0).description).toMatch(/ Look in CertCentral .* named "B" /);
	expect(at(errors, 0).description).not.toContain('could not look for it');
});

test('a delivery that breaks: keys that no item has are switched off', async () => {
	// The first calls read the items and look at the keys that they replace.
	breakDown('scheduling.js', 'inSlices', 3);
	const { errors } = await expectAccounted('continueErrorOutput');
	expect(errors).toHaveLength(3);
	expect(lab.statuses()).toEqual(['revoked', 'revoked', 'revoked']);
});

test('a step that breaks leaves keys that can be put out, and a note', async () => {
	breakDown('digicert/keys.js', 'verifyKey', 1, true);
	const { execution } = await expectAccounted('continueErrorOutput', { verify: true });
	expect(jsonsOf(execution, 'Next')).toHaveLength(3);
	const notes = hintsOf(execution).filter((hint) => hint.includes('Something went wrong'));
	expect(notes).toEqual([
		expect.stringContaining('(RangeError). Every key that was made is in the output'),
	]);
});

test.each([
	['an error', new Odd(SECRET)],
	['a text', SECRET],
])('%s that is thrown before the first creation means that nothing was made', async (_, thrown) => {
	breakDown('digicert/keyLists.js', 'readOnceWith', 1, false, thrown);
	const errors = itemErrors(await run('continueErrorOutput', SKIP));
	expect(errors).toHaveLength(3);
	expect(errors.flatMap(({ keys }) => keys)).toEqual([]);
	expect(lab.creations()).toEqual([]);
});

test('a report that breaks gives the bare facts', async () => {
	await lab.createUserKeys([lab.item('A')]);
	lab.fault(faults.errorAfter(500), { match: { name: 'B' } });
	breakDown('run.js', 'toOutput');
	const { execution } = await expectAccounted('continueErrorOutput', SKIP);
	const errors = itemErrors(execution);
	expect(jsonsOf(execution, 'Next').map(({ name }) => name)).toEqual(['A', 'C']);
	expect(errors).toMatchObject([
		{
			itemIndex: 1,
			keys: [
				{ item: 1, state: 'candidate' },
				{ id: null, state: 'may_exist' },
			],
		},
	]);
	expect(at(errors, 0).description).toContain('report this');
});

test("a report that breaks tells another's key as a candidate, and its own without an ID", async () => {
	await lab.createUserKeys([lab.item('A')]);
	lab.fault(faults.oddJsonAfter('noId'), { match: { name: 'A' } });
	lab.fault(answering(400, {}), { match: { name: 'B' } });
	breakDown('errors/failure.js', 'listIds');
	const execution = await lab.createUserKeys(['A', 'B'].map(lab.item), {
		parameters: { options: { concurrency: 1 } },
	});
	expect(errorOf(execution).keys).toMatchObject([
		...lab.created().map(({ id }) => ({ item: 0, id, state: 'candidate' })),
		{ item: 0, id: null, state: 'live' },
	]);
});

test('switching off that breaks is tried again', async () => {
	lab.fault(answering(400, {}), { match: { name: 'B' } });
	breakDown('digicert/keys.js', 'switchOff');
	const execution = await lab.createUserKeys(['A', 'B'].map(lab.item), {
		parameters: { options: { concurrency: 1 } },
	});
	expect(errorOf(execution).keys).toMatchObject([{ state: 'switched_off' }]);
	expect(lab.statuses()).toEqual(['revoked']);
});

test.each([
	['the ID that an answer told', true, {}, 'candidate'],
	['that a lost key was switched off', false, { lostReply: 'revoke' }, 'switched_off'],
	['that a lost key is live', false, { lostReply: 'report' }, 'live'],
])('a report that breaks tells %s', async (_, isListRefused, options, state) => {
	lab.fault(faults.noKeyAfter(), POST);
	if (isListRefused) lab.fault(faults.forbiddenInvalidKey(), { ...LIST, ...ALWAYS });
	breakDown('run.js', 'toOutput');
	const { errors } = await expectAccounted('continueErrorOutput', options);
	expect(errors).toMatchObject([{ keys: [{ id: at(lab.created(), 0).id, state }] }]);
});

test.each([
	['nothing is sent', 'inLanes', 3, 'Something went wrong in this node [item 0]'],
	['nothing is put out', 'inSlices', 3, 'Something went wrong in this node, so key'],
] as const)(
	'a step that breaks, and %s: no other reason is made up',
	async (_, name, call, said) => {
		breakDown('scheduling.js', name, call);
		const execution = await lab.createUserKeys([lab.item('A')], {
			settings: { onError: 'continueErrorOutput' },
		});
		const { message, description } = itemError(execution);
		expect(message).toContain(said);
		expect(description).toContain('Please report this');
		expect(description).not.toContain('undefined');
		expect(lab.statuses()).not.toContain('active');
	},
);

test('a report that breaks tells of a key that may exist by its name alone', async () => {
	lab.fault(faults.dropBefore(), { match: { name: 'B' } });
	breakDown('run.js', 'toOutput');
	const { errors } = await expectAccounted('continueErrorOutput');
	expect(errors).toMatchObject([{ keys: [{ id: null, name: 'B', state: 'may_exist' }] }]);
});

test('a report that breaks keeps the errors of items that were refused before', async () => {
	breakDown('run.js', 'toOutput');
	const execution = await lab.createUserKeys([lab.item(''), lab.item('B')], {
		settings: { onError: 'continueErrorOutput' },
	});
	expect(jsonsOf(execution, 'Next').map(({ name }) => name)).toEqual(['B']);
	expect(execution.items('DigiCert').map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }]);
	expect(itemErrors(execution)).toMatchObject([
		{ itemIndex: 0, message: "'Name' is empty [item 0]" },
	]);
});

test('tasks in lanes: one that rejects ends nothing, and is told at the end', async () => {
	const done: string[] = [];
	const work = async (task: string) => {
		await Promise.resolve();
		if (task === 'b') throw new Odd(task);
		done.push(task);
	};
	const lanes = inLanes(
		['a', 'b', 'c', 'd'],
		(task) => String(task < 'c'),
		2,
		work,
		() => false,
	);
	await expect(lanes).rejects.toThrow('b');
	expect(done.sort()).toEqual(['a', 'c', 'd']);
});

test.each([
	['text', 'string'],
	[Object.assign(new Error(SECRET), { name: 'a b' }), 'Error'],
	[new TypeError(SECRET), 'TypeError'],
])('%p is told by the name of its kind only', (error, name) => {
	expect(explanationOf(error).found).toBe(`It ended with: ${name}.`);
});

test.each([
	['TypeError', 'TypeError'],
	['x'.repeat(60), 'x'.repeat(60)],
	['x'.repeat(61), 'no further details'],
	[`${'x'.repeat(30)} y`, 'no further details'],
	[`y ${'x'.repeat(30)}`, 'no further details'],
])(
	'an exchange that ends with an error named %s is told by that only if it is a name',
	(name, detail) => {
		const error = Object.assign(new Error(SECRET), { name });
		expect(judgeThrown(error)).toEqual({ kind: 'interrupted', cause: 'connection', detail });
	},
);

test('a report that breaks tells the IDs that there are', async () => {
	lab.fault(faults.oddJsonAfter('noId'), { match: { name: 'A' } });
	lab.fault(answering(200, { api_keys: [] }), { ...LIST, ...ALWAYS });
	lab.fault(faults.errorsAsObject(), { match: { name: 'C' } });
	breakDown('errors/failure.js', 'listIds');
	const { description, keys } = errorOf(await run('stopWorkflow'));
	expect(keys.map(({ id }) => id)).toEqual([null, at(lab.created(), 1).id]);
	expect(description).toContain(`The keys concerned: ${at(lab.created(), 1).id}.`);
});

test('what is thrown once the report is made takes nothing away', async () => {
	let isThrowing = false;
	beforeCalls('run.js', 'toOutput', () => {
		isThrowing = true;
	});
	const { signal } = new AbortController();
	Object.defineProperty(signal, 'aborted', {
		get() {
			if (isThrowing) throw new Odd(SECRET);
			return false;
		},
	});
	const spy = jest.spyOn(ExecuteContext.prototype, 'getExecutionCancelSignal');
	spy.mockReturnValue(signal);
	try {
		expect(jsonsOf(await run('continueErrorOutput'), 'Next')).toHaveLength(3);
	} finally {
		spy.mockRestore();
	}
});

test('n8n is asked about a cancel before anything is sent, and not again', async () => {
	const signal = jest.spyOn(ExecuteContext.prototype, 'getExecutionCancelSignal');
	beforeCalls('http/pacing.js', 'sendPaced', () => {
		signal.mockImplementation(() => {
			throw new RangeError(SECRET);
		});
	});
	try {
		const execution = await run('continueErrorOutput');
		expect(jsonsOf(execution, 'Next')).toHaveLength(3);
	} finally {
		signal.mockRestore();
	}
});

test('a report that breaks when the node stops names every key', async () => {
	lab.fault(faults.errorsAsObject(), { match: { name: 'C' } });
	breakDown('errors/failure.js', 'listIds');
	const { errors } = await expectAccounted('stopWorkflow');
	expect(at(errors, 0).keys).toMatchObject([
		{ item: 0, state: 'switched_off' },
		{ item: 1, state: 'switched_off' },
	]);
});
