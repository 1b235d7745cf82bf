'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { setTimeout: sleep } = require('node:timers/promises');

const { faults } = require('../../sandbox');
const { createEngine } = require('../support/engine');
const { byId, workflowOf } = require('../support/lab');
const { findLeaks } = require('../support/secrets');
const { FOREIGN_HOST } = require('./faultKinds');
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
 * @property {number} foreignRequests
 * @property {string[]} leaks
 *
 * @typedef {import('../../sandbox/types').KeyRecord} KeyRecord
 * @typedef {import('../../sandbox/types').JournalEntry} JournalEntry
 * @typedef {{ owner: string, name: string }} Ask the owner as DigiCert is told: an ID, an email
 *   address or the name of a subaccount
 * @typedef {{ itemIndex: number, keyId: number | undefined }} Delivered without an ID when the
 *   value opens nothing
 */

/** How long requests that were given up are waited for, in ms: longer than any fault takes. */
const LONGEST_SETTLING = 3_000;
const TYPES = { certcentral: 'digiCertCertCentralApi', partner: 'digiCertPartnerApi' };

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
			const execution = await currentLog.run(log, () =>
				engine.run(workflow, { items, onStart: canceller.start }),
			);
			canceller.end();
			await settle(sandbox);

			const ofApi = sandbox.keys({ api }).filter(({ instance }) => instance !== 'eu');
			const tasks = keptTasks(execution);
			const rotated = new Set(
				plan.items.flatMap(({ rotates }) => (rotates === undefined ? [] : earlierIds[rotates])),
			);
			return {
				plan,
				asks,
				...readOutputs(tasks, (value) => sandbox.holds(value)?.id),
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
				foreignRequests: foreignHost.requestsTo(foreign),
				leaks: findLeaks({
					runs: [execution.run],
					log,
					adminKeys: stage.adminKeys,
					createdKeys: [...stage.issued],
				}),
			};
		},
	};
}

/** @param {import('./schedule').RunPlan} plan @param {import('./stage').Stage} stage @returns {Ask[]} */
function asksOf({ cell, resource, items, earlierKeys }, { owners }) {
	return items.map(({ owner, name, rotates }, index) => {
		if (resource === 'serviceUser') return { owner: `user-n${index}n@email.com`, name };
		if (resource === 'subaccount') return { owner: `Customer n${index}n`, name };
		const old = rotates === undefined ? undefined : earlierKeys[rotates];
		return { owner: String(owners[cell.api][old?.owner ?? owner]), name: name || old?.name || '' };
	});
}

/**
 * @param {import('./schedule').RunPlan} plan
 * @param {string} foreignAddress
 * @returns {import('../../sandbox/types').Fault[]}
 */
function faultsOf({ faults: planned }, foreignAddress) {
	const presets = /** @type {Record<string, (...args: any[]) => any>} */ (faults);
	return planned.map(({ preset, args = [], match: { path, ...match }, times }) => ({
		...presets[preset](...args.map((arg) => (arg === FOREIGN_HOST ? foreignAddress : arg))),
		match: path === undefined ? match : { ...match, path: new RegExp(path) },
		times,
	}));
}

/** @param {import('../support/engine').Engine} engine @param {import('./schedule').RunPlan} plan @param {import('./stage').Stage} stage */
async function workflowFor(engine, { cell, resource, operation, options }, stage) {
	const type = TYPES[cell.api];
	const { baseUrl, apiKey } = stage.access[cell.api];
	const region = cell.api === 'certcentral' ? { region: 'custom' } : {};
	const credential = await engine.credentials.store(type, { apiKey, baseUrl, ...region });
	const parameters = {
		resource,
		operation,
		options,
		userId: byId('={{ $json.owner }}'),
		accountId: byId('={{ $json.owner }}'),
		keyId: byId('={{ $json.key }}'),
		name: '={{ $json.name }}',
		restrictedToRoleId: 0,
		email: '={{ $json.of }}',
		containerIds: '',
		subaccountName: '={{ $json.of }}',
		emergencyContactEmails: '',
	};
	return workflowOf({ [type]: credential }, parameters, {
		onError: cell.onError,
		...(cell.retryOnFail ? { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } : {}),
	});
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
 * @param {import('../../sandbox/types').Sandbox} sandbox
 */
async function settle(sandbox) {
	const end = Date.now() + LONGEST_SETTLING;
	const isOpen = (/** @type {JournalEntry} */ { status, fault, createdKeyId }) =>
		status === undefined || (fault === 'late' && createdKeyId === undefined);
	do {
		await sleep(20);
		// What arrived before this request does is in the journal once it is answered.
		await (await fetch(`${sandbox.origin}/sandbox/settled`)).text();
	} while (sandbox.requests(isOpen).length > 0 && Date.now() < end);
}

/** What n8n keeps of the node: of a cancelled execution, what it saved at that moment. */
function keptTasks(/** @type {import('../support/engine').Execution} */ { status, saved, run }) {
	const runData = status === 'canceled' ? saved : run.data.resultData.runData;
	return /** @type {any[]} */ (runData?.DigiCert ?? []);
}

/** @param {any[]} tasks @param {(value: string) => number | undefined} idOf */
function readOutputs(tasks, idOf) {
	const items = tasks.flatMap((task) => (task.data?.main ?? []).flat());
	const indexOf = (/** @type {any} */ item) => item.pairedItem?.item ?? -1;
	const failed = items.filter(({ error }) => error !== undefined);
	return {
		outputs: items.map(indexOf),
		errors: failed.map((item) => ({ itemIndex: indexOf(item), text: textOf(item.error) })),
		delivered: items
			.filter(({ error }) => error === undefined)
			.flatMap((item) =>
				valuesIn(item.json).map((value) => ({ itemIndex: indexOf(item), keyId: idOf(value) })),
			),
	};
}

/** Every key value among the fields of an item. @param {any} json @returns {string[]} */
function valuesIn(json) {
	return Object.entries(json).flatMap(([field, value]) => {
		if (typeof value === 'object' && value !== null) return valuesIn(value);
		return field === 'api_key' ? [String(value)] : [];
	});
}

/** All that a user reads of an error. @param {any} error */
function textOf(error) {
	return error === undefined ? '' : [error.message, error.description].filter(Boolean).join('\n');
}

module.exports = { createRunner };
