import { isNativeError } from 'node:util/types';

import type { OnError } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { faults } from '../../../sandbox/index.mts';
import type { Fault } from '../../../sandbox/index.mts';
import { ALWAYS, answering, APIS, cancelWhen, POST, useLab } from '../../support/lab.mts';
import { textLike } from '../../support/matchers.mts';
import { shortenPauses } from '../../support/pauses.mts';
import { record } from '../../support/read.mts';
import { errorOf, itemErrors, jsonsOf, pairsOf } from '../../support/told.mts';

// What becomes of the keys of a run that stops or is cancelled is in heart/stopping.test.mts.
const lab = useLab();
shortenPauses();

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const SETTINGS: OnError[] = ['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow'];
const REFUSED = 'DigiCert did not accept the values of the request [item 1]';

// The code is the same for both APIs; here it is run at the partner API.
const { create } = APIS[1];
const some = () => ['A', 'B', 'C'].map(lab.item);
const breakB = (fault: Fault) => {
	lab.fault(fault, { match: { name: 'B' }, ...ALWAYS });
};

test('Continue: keys and errors come out in input order, paired', async () => {
	breakB(faults.errorsAsObject());
	const execution = await lab[create](some(), { settings: { onError: 'continueRegularOutput' } });
	const shown = jsonsOf(execution).map(({ name, error }) => name ?? error);
	expect(shown).toEqual(['A', REFUSED, 'C']);
	expect(pairsOf(execution)).toEqual([0, 1, 2]);
	expect(lab.created()).toHaveLength(2);
});

test('Continue (using error output): errors leave by their own branch, paired', async () => {
	breakB(faults.errorsAsObject());
	const execution = await lab[create](some(), { settings: { onError: 'continueErrorOutput' } });
	expect(jsonsOf(execution).map(({ name }) => name)).toEqual(['A', 'C']);
	const [failed] = execution.items('DigiCert', 1);
	expect(failed?.pairedItem).toMatchObject({ item: 1 });
	expect(failed?.json).toEqual({ error: REFUSED });
	// n8n copies whole items for $input.all(), and no Error of JavaScript's gets across (n8n.md 1.4).
	expect(failed?.error).toBeInstanceOf(NodeApiError);
	const { message, context } = record(structuredClone(failed?.error));
	expect({ message, context }).toMatchObject({ message: REFUSED, context: { keys: [] } });
	expect(isNativeError(failed?.error)).toBe(false);
});

test('Stop: nothing is put out, and the error is about the first item that failed', async () => {
	breakB(faults.errorsAsObject());
	const execution = await lab[create](some());
	expect(errorOf(execution).itemIndex).toBe(1);
	expect(execution.items('DigiCert')).toEqual([]);
});

test.each([
	['a 401', faults.unauthorized()],
	['a 500', faults.errorAfter(500)],
	['a broken connection', faults.dropAfter()],
])('%s reaches DigiCert once per item, Retry On Fail or not', async (_, fault) => {
	for (const onError of SETTINGS) {
		for (const retry of [{}, RETRY]) {
			lab.sandbox.reset();
			lab.fault(fault, { ...POST, ...ALWAYS });
			await lab[create](some(), { settings: { onError, ...retry } });
			const sent = lab.creations().map(({ name }) => name);
			const isRefused = onError === 'stopWorkflow' && 'retryOnFail' in retry;
			expect(sent.sort()).toEqual(isRefused ? [] : ['A', 'B', 'C']);
		}
	}
});

test('Retry On Fail with Stop is refused before anything is sent, with the way out', async () => {
	const { message, description } = errorOf(
		await lab[create](some(), { settings: { ...RETRY, onError: 'stopWorkflow' } }),
	);
	expect(message).toContain("'Retry On Fail' cannot be used together with");
	expect(description).toContain("turn off 'Retry On Fail'");
	expect(lab.sandbox.requests()).toEqual([]);
});

test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'Retry On Fail with %s does not run the node again, not even when the first item fails',
	async (onError) => {
		lab.fault(faults.dropAfter(), { match: { name: 'A' }, ...ALWAYS });
		breakB(faults.dropAfter());
		const execution = await lab[create](some(), { settings: { ...RETRY, onError } });
		expect(itemErrors(execution).map(({ itemIndex }) => itemIndex)).toEqual([0, 1]);
		expect(lab.creations()).toHaveLength(3);
	},
);

test('a cancelled execution starts nothing new, and lets what is in flight end', async () => {
	lab.fault(faults.slow(400), { ...POST, ...ALWAYS });
	const names = Array.from({ length: 8 }, (_, i) => `key ${i}`);
	const execution = await lab[create](names.map(lab.item), {
		parameters: { options: { concurrency: 2 } },
		onStart: cancelWhen(() => lab.creations().length >= 2),
	});
	const { message, description } = errorOf(execution);
	expect(message).toMatch(/cancelled/);
	expect(description).toContain('6 items were not started.');
	expect(lab.creations().map(({ status }) => status)).toEqual([201, 201]);
	expect(execution.saved?.DigiCert).toBeUndefined();
});

test('a rate limit after a key was made is told without the kind that has n8n run it again', async () => {
	lab.fault(faults.rateLimited({ retryAfter: 600 }), { match: { name: 'B' } });
	const execution = await lab[create](['A', 'B'].map(lab.item), {
		parameters: { options: { concurrency: 1 } },
	});
	expect(errorOf(execution).failure).toBeUndefined();
	lab.fault(faults.rateLimited({ retryAfter: 600 }), POST);
	expect(errorOf(await lab[create]([lab.item('C')])).failure).toMatchObject({
		cause: 'rate-limited',
	});
});

test('a run that has stopped does not wait for the rate limit', async () => {
	lab.fault(faults.rateLimited({ retryAfter: 600 }), { match: { name: 'B' } });
	lab.fault(answering(400, {}), { match: { name: 'C' } });
	const execution = await lab[create](['A', 'B', 'C'].map(lab.item), {
		parameters: { options: { rateLimitWait: 1000 } },
	});
	const { itemIndex, description, failure } = errorOf(execution);
	expect([itemIndex, failure]).toEqual([2, undefined]);
	expect(description).toContain('1 item was not started.');
	expect(lab.statuses()).not.toContain('active');
});

test('a cancelled execution does not wait for the rate limit', async () => {
	lab.fault(faults.rateLimited({ retryAfter: 600 }), { ...POST, ...ALWAYS });
	const execution = await lab[create](some(), {
		settings: { onError: 'continueRegularOutput' },
		parameters: { options: { rateLimitWait: 1000 } },
		onStart: cancelWhen(() => lab.creations({ status: 429 }).length >= 3),
	});
	expect(itemErrors(execution).map(({ message }) => message)).toEqual(
		[0, 1, 2].map((item) =>
			textLike(new RegExp(`(was not started|rate limit was reached).* \\[item ${item}\\]$`)),
		),
	);
	expect(lab.creations()).toHaveLength(3);
	expect(lab.created()).toEqual([]);
});
