'use strict';

const { faults } = require('../../sandbox/index.mts');
const { cancelWhen, useLab } = require('../support/lab');

const lab = useLab();

const item = (/** @type {string} */ name) => ({
	user: lab.sandbox.certCentral.us.users.person,
	account: lab.sandbox.partner.accounts.subaccount,
	name,
});
const APIS = /** @type {const} */ ([['createUserKeys'], ['createSubaccountKeys']]);
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const UNKNOWN = 'The API key may have been created at DigiCert';

describe.each(APIS)('%s', (create) => {
	const some = () => [item('A'), item('B'), item('C')];
	const breakB = (/** @type {any} */ fault) =>
		lab.sandbox.addFault({ ...fault, match: { name: 'B' }, times: Infinity });

	test('Continue: keys and errors come out in input order, paired', async () => {
		breakB(faults.errorsAsObject());
		const execution = await lab[create](some(), { settings: { onError: 'continueRegularOutput' } });
		expect(execution.items('DigiCert').map(({ json }) => json.name ?? json.error)).toEqual([
			'A',
			'DigiCert did not accept the values of the request [item 1]',
			'C',
		]);
		expect(execution.items('DigiCert').map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(lab.created()).toHaveLength(2);
	});

	test('Continue (using error output): errors leave by their own branch, paired', async () => {
		breakB(faults.errorsAsObject());
		const execution = await lab[create](some(), { settings: { onError: 'continueErrorOutput' } });
		expect(execution.items('DigiCert', 0).map(({ json }) => json.name)).toEqual(['A', 'C']);
		const [failed] = execution.items('DigiCert', 1);
		expect(failed.pairedItem).toMatchObject({ item: 1 });
		expect(failed.json).toEqual({
			error: 'DigiCert did not accept the values of the request [item 1]',
		});
	});

	test('Stop: nothing is put out, and the error is about the first item that failed', async () => {
		breakB(faults.errorsAsObject());
		const execution = await lab[create](some());
		expect(execution.status).toBe('error');
		expect(execution.error.context.itemIndex).toBe(1);
		expect(execution.items('DigiCert')).toEqual([]);
	});

	test.each([
		['a 401', () => faults.unauthorized()],
		['a 500', () => faults.errorAfter(500)],
		['a timeout', () => faults.slow(1000)],
	])('%s reaches DigiCert once per item, Retry On Fail or not', async (_, fault) => {
		for (const onError of ['continueRegularOutput', 'continueErrorOutput', 'stopWorkflow']) {
			for (const settings of [{ onError }, { onError, ...RETRY }]) {
				lab.sandbox.reset();
				lab.sandbox.addFault({ ...fault(), times: Infinity });
				await lab[create](some(), { settings, parameters: { options: { timeout: 300 } } });
				const sent = lab.creations().map(({ name }) => name);
				const stops = onError === 'stopWorkflow' && 'retryOnFail' in settings;
				expect(sent.sort()).toEqual(stops ? [] : ['A', 'B', 'C']);
			}
		}
	});

	test('Retry On Fail with Stop is refused before anything is sent, with the way out', async () => {
		const execution = await lab[create](some(), {
			settings: { ...RETRY, onError: 'stopWorkflow' },
		});
		expect(execution.error.message).toContain("'Retry On Fail' cannot be used together with");
		expect(execution.error.description).toContain("turn off 'Retry On Fail'");
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'])(
		'Retry On Fail with %s does not run the node again, not even when the first item fails',
		async (onError) => {
			lab.sandbox.addFault({ ...faults.dropAfter(), match: { name: 'A' }, times: Infinity });
			breakB(faults.dropAfter());
			const execution = await lab[create](some(), { settings: { ...RETRY, onError } });
			const errors = [0, 1].flatMap((output) => execution.items('DigiCert', output));
			expect(errors.find(({ pairedItem }) => pairedItem.item === 1).json.error).toContain(UNKNOWN);
			expect(lab.creations()).toHaveLength(3);
		},
	);

	test('a cancelled execution starts nothing new, and lets what is in flight end', async () => {
		lab.sandbox.addFault({ ...faults.slow(400), match: { method: 'POST' }, times: Infinity });
		const names = Array.from({ length: 8 }, (_, i) => `key ${i}`);
		const execution = await lab[create](names.map(item), {
			parameters: { options: { concurrency: 2 } },
			onStart: cancelWhen(() => lab.creations().length >= 2),
		});
		expect(execution.error.message).toContain('This item was not started');
		expect(execution.error.description).toContain('6 items were not started.');
		expect(lab.creations()).toHaveLength(2);
	});

	test.each(['stopWorkflow', 'continueErrorOutput'])(
		'%s: n8n keeps nothing of a cancelled node, so the log names the keys that exist',
		async (onError) => {
			lab.sandbox.addFault({ ...faults.slow(500), match: { name: 'C' } });
			const execution = await lab[create](some(), {
				settings: { onError },
				onStart: (/** @type {() => void} */ cancel) => {
					const timer = setInterval(() => {
						if (lab.creations({ status: 201 }).length < 2) return;
						clearInterval(timer);
						setTimeout(cancel, 50);
					}, 5);
				},
			});
			expect(execution.saved.DigiCert).toBeUndefined();
			const text = lab.log.flat().join('\n');
			expect(text).toContain('The execution was cancelled while the node "DigiCert"');
			for (const { id } of lab.created()) expect(text).toContain(`key ${id} `);
		},
	);

	test('items that a cancelled execution did not get to say so, under continue', async () => {
		const limited = faults.rateLimited({ retryAfter: 60 });
		lab.sandbox.addFault({ ...limited, match: { name: 'A' } });
		const execution = await lab[create](some(), {
			settings: { onError: 'continueRegularOutput' },
			parameters: { options: { concurrency: 2 } },
			onStart: (/** @type {() => void} */ cancel) => void setTimeout(cancel, 400),
		});
		expect(execution.items('DigiCert').map(({ json }) => json.error ?? json.name)).toEqual([
			"DigiCert's rate limit was reached and did not clear in time [item 0]",
			expect.stringMatching(
				/^The execution was cancelled, so key \d+ of this item was switched off/,
			),
			'This item was not started, because the execution was cancelled [item 2]',
		]);
	});

	test('a cancelled execution that left nothing behind logs nothing', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 60 }), times: Infinity });
		await lab[create](some(), {
			onStart: (/** @type {() => void} */ cancel) => void setTimeout(cancel, 200),
		});
		expect(lab.log.flat().join('\n')).not.toContain('The execution was cancelled');
	});

	test('a cancelled execution does not wait for the rate limit', async () => {
		lab.sandbox.addFault({ ...faults.rateLimited({ retryAfter: 60 }), times: Infinity });
		const execution = await lab[create](some(), {
			onStart: (/** @type {() => void} */ cancel) => {
				const timer = setInterval(() => {
					if (lab.creations({ status: 429 }).length < 3) return;
					clearInterval(timer);
					// The answers still have to arrive; then all items wait for a minute.
					setTimeout(cancel, 100);
				}, 5);
			},
		});
		// They were sent, and refused; what the error says of them must not deny that.
		expect(execution.error.message).toBe(
			"DigiCert's rate limit was reached and did not clear in time [item 0]",
		);
		expect(lab.creations()).toHaveLength(3);
		expect(lab.created()).toHaveLength(0);
	});
});
