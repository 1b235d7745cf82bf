'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const { createEngine } = require('../support/engine');
const { findLeaks } = require('../support/secrets');
const { asksOf, faultsOf, workflowFor } = require('./enact');
const { keptTasks, readOutputs, textOf } = require('./outputs');
const { ask, startProbe } = require('./probe');
const { openStage } = require('./stage');

/**
 * What could be seen of a run from outside: at the sandbox, and in what n8n kept.
 *
 * @typedef {object} Observation
 * @property {import('./schedule').RunPlan} plan
 * @property {Ask[]} asks what each item asked for, in input order
 * @property {string} status how n8n says the execution ended
 * @property {Delivered[]} delivered keys that reached an output item
 * @property {{ itemIndex: number, text: string }[]} errors of items that failed under Continue
 * @property {number[]} outputs the input item of each output item, failed ones included
 * @property {string} stopText the error that stopped the node; empty without one
 * @property {string} logText everything that was logged
 * @property {KeyRecord[]} made keys made by this run, as they are after it
 * @property {(KeyRecord & { statusBefore: string, isRotated: boolean })[]} earlier keys from before
 *   the run, likewise
 * @property {JournalEntry[]} requests of this run, oldest first
 * @property {number} skewMs how far the times of keys and requests are ahead of ours
 * @property {boolean} isTooBusy whether the machine was too slow to tell planned faults from others
 * @property {number} foreignRequests
 * @property {string[]} leaks
 *
 * @typedef {import('../../sandbox/index.mts').KeyRecord} KeyRecord
 * @typedef {import('../../sandbox/index.mts').JournalEntry} JournalEntry
 * @typedef {{ owner: string, name: string }} Ask the owner as DigiCert is told: an ID, an email
 *   address or the name of a subaccount
 * @typedef {{ itemIndex: number, keyId: number | undefined }} Delivered without an ID when the
 *   value opens nothing
 */

/** How long requests that were given up are waited for, in ms: longer than any fault takes. */
const LONGEST_SETTLING = 3_000;

/**
 * @param {string} [packageRoot] another build of the package than this one
 */
async function createRunner(packageRoot) {
	/** @type {AsyncLocalStorage<unknown[]>} */
	const currentLog = new AsyncLocalStorage();
	const engine = await createEngine(
		(...entry) => void currentLog.getStore()?.push(entry),
		packageRoot,
	);

	return {
		openStage,

		/**
		 * Carries a plan out.
		 *
		 * @param {import('./schedule').RunPlan} plan
		 * @param {import('./stage').Stage} stage nobody else uses it meanwhile
		 * @param {import('./foreignHost').ForeignHost} foreignHost
		 * @returns {Promise<Observation>}
		 */
		async carryOut(plan, stage, foreignHost) {
			const { sandbox } = stage;
			const { api } = plan.cell;
			stage.clear(plan.skewMs);
			/** @type {number[]} */
			const earlierIds = [];
			for (const key of plan.earlierKeys) earlierIds.push(await stage.makeEarlierKey(api, key));
			const earlier = new Map(
				sandbox
					.keys(({ api: of, seeded, id }) => of === api && (seeded || earlierIds.includes(id)))
					.map(({ id, status }) => [id, status]),
			);
			const requestsBefore = sandbox.requests().length;
			const asks = asksOf(plan, stage);
			const foreign = `seed-${plan.seed}-run-${plan.number}`;
			for (const fault of faultsOf(plan, foreignHost.addressFor(foreign))) sandbox.addFault(fault);

			/** @type {unknown[]} */
			const log = [];
			const workflow = await workflowFor(engine, plan, stage);
			const items = plan.items.map((item, index) => ({
				json: {
					owner: stage.owners[api][item.owner],
					name: item.name,
					key: item.rotates === undefined ? 0 : earlierIds[item.rotates],
					of: asks[index].owner,
				},
			}));
			const creations = () => sandbox.requests({ method: 'POST' }).length - earlierIds.length;
			const canceller = createCanceller(plan, creations);
			const probe = startProbe(sandbox.origin);
			const execution = await currentLog.run(log, () =>
				engine.run(workflow, { items, onStart: canceller.start }),
			);
			canceller.end();
			const slowestAnswer = await probe.end();
			await settle(sandbox);

			const ofApi = sandbox.keys({ api }).filter(({ instance }) => instance !== 'eu');
			const tasks = keptTasks(execution);
			const { outputs, errors, delivered, inClear } = await readOutputs(
				tasks,
				(value) => sandbox.holds(value)?.id,
			);
			const rotated = new Set(
				plan.items.flatMap(({ rotates }) => (rotates === undefined ? [] : earlierIds[rotates])),
			);
			return {
				plan,
				asks,
				outputs,
				errors,
				delivered,
				status: execution.status,
				stopText: textOf(execution.status === 'canceled' ? undefined : execution.error),
				logText: log
					.flat()
					.filter((entry) => typeof entry === 'string')
					.join('\n'),
				made: ofApi.filter(({ id }) => !earlier.has(id)),
				earlier: ofApi.flatMap((key) => {
					const statusBefore = earlier.get(key.id);
					return statusBefore === undefined
						? []
						: [{ ...key, statusBefore, isRotated: rotated.has(key.id) }];
				}),
				requests: sandbox.requests().slice(requestsBefore),
				skewMs: plan.skewMs,
				isTooBusy: slowestAnswer > Number(plan.options.timeout) / 2,
				foreignRequests: foreignHost.requestsTo(foreign),
				leaks: [
					...(plan.encrypted && inClear > 0 ? ['a key in clear text'] : []),
					...findLeaks({
						runs: [execution.run],
						log,
						adminKeys: stage.adminKeys,
						createdKeys: [...stage.issued],
					}),
				],
			};
		},
	};
}

/**
 * Cancels the execution once the planned number of creations was sent.
 *
 * @param {import('./schedule').RunPlan} plan
 * @param {() => number} countCreations
 */
function createCanceller({ cancelAfter = Infinity }, countCreations) {
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	const end = () => clearInterval(timer);
	return {
		start(/** @type {() => void} */ cancel) {
			if (cancelAfter === Infinity) return;
			timer = setInterval(() => {
				if (countCreations() < cancelAfter) return;
				end();
				cancel();
			}, 3);
		},
		end,
	};
}

/**
 * Waits until the sandbox has acted on everything, requests that the client gave up included.
 *
 * @param {import('../../sandbox/index.mts').Sandbox} sandbox
 */
async function settle(sandbox) {
	const end = Date.now() + LONGEST_SETTLING;
	const isOpen = (/** @type {JournalEntry} */ { status, fault, createdKeyId }) =>
		status === undefined || (fault === 'late' && createdKeyId === undefined);
	do {
		await sleep(20);
		// The second time, what arrived before the first one was also read.
		for (let i = 0; i < 2; i++) await ask(sandbox.origin);
	} while (sandbox.requests(isOpen).length > 0 && Date.now() < end);
}

module.exports = { createRunner };
