import { generateKeyPairSync } from 'node:crypto';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { IDataObject, INodeExecutionData, IRunData } from 'n8n-workflow';

import type { JournalEntry, Sandbox } from '../../sandbox/index.mts';
import { createEngine, PACKAGE_NAME, PACKAGE_ROOT } from '../support/engine.mts';
import type { Engine, Execution } from '../support/engine.mts';
import { byId, credentialFor, workflowOf } from '../support/lab.mts';
import { cutPauses } from '../support/pauses.mts';
import { isRecord, present } from '../support/read.mts';
import { findLeaks, secretsIn, textOf } from '../support/secrets.mts';
import { formsOf } from './faultKinds.mts';
import { askIn, callOf } from './observation.mts';
import type { Ask, ExecutionSeen, Observation } from './observation.mts';
import type { Plan } from './plan.mts';
import { giveClocks, log, openSeat, seatOf, sit, takeSeats } from './seat.mts';
import type { Seat } from './seat.mts';
import { openStage } from './stage.mts';
import type { Stage } from './stage.mts';
import { addStores, formOf, isOfStore } from './stores.mts';
import { keysOf, readTold } from './told.mts';

/** A field of the input that no output has. */
const MARKER = 'came_in';
const RESOURCES = {
	certcentral: { key: 'userApiKey', owner: 'serviceUser' },
	partner: { key: 'subaccountApiKey', owner: 'subaccount' },
} as const;

/** Who encrypted keys are for: another program (jose), which knows nothing of ours. */
const recipient = generateKeyPairSync('x25519');
const PEM = recipient.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export interface Runner {
	readonly openStage: () => Promise<Stage>;
	/**
	 * Carries a plan out. Nobody else uses the stage meanwhile.
	 *
	 * @param patience how many times as long as planned requests may take
	 * @param onFirst told when the first creation goes out
	 */
	readonly perform: (
		plan: Plan,
		stage: Stage,
		patience?: number,
		onFirst?: () => void,
	) => Promise<Observation>;
}

/** @param packageRoot another build of the package than this one */
export async function createRunner(packageRoot = PACKAGE_ROOT): Promise<Runner> {
	giveClocks();
	cutPauses(packageRoot);
	const engine = await createEngine(log, packageRoot);
	const node = engine.nodeTypes.getByName(`${PACKAGE_NAME}.digiCert`);
	if ('nodeVersions' in node) throw new Error('The node has versions');
	takeSeats(node);
	addStores(engine);
	return {
		openStage,
		perform: async (plan, stage, patience = 1, onFirst = () => undefined) =>
			await perform(engine, plan, stage, patience, onFirst),
	};
}

async function perform(
	engine: Engine,
	plan: Plan,
	stage: Stage,
	patience: number,
	onFirst: () => void,
): Promise<Observation> {
	const { sandbox, foreignHost, secrets } = stage;
	const { api } = plan.cell;
	const resource = RESOURCES[api][plan.operation === 'createOwner' ? 'owner' : 'key'];
	const credential = credentialFor(resource, sandbox);
	const { baseUrl, apiKey } = credential.fields;
	const timeout = plan.options.timeout * patience;
	stage.clear(plan.skewMs);
	foreignHost.take();

	const owners = stage.owners[api];
	const places = plan.items.map((item) => present(owners[item.owner % owners.length]));
	const rotated: number[] = [];
	const namesakes: number[] = [];
	for (const [index, { namesake, name }] of plan.items.entries()) {
		const ownerId = present(places[index]);
		if (plan.operation === 'rotate') {
			const old = { ownerId, name: `old-n${index}n`, ageMs: 3_600_000, off: false, used: false };
			rotated.push(stage.makeEarlierKey(api, old));
		}
		if (namesake === undefined) continue;
		const twin = { ...namesake, ownerId, name: `key-n${name}n` };
		namesakes.push(stage.makeEarlierKey(api, twin));
	}
	const isEarlier = ({ id, seeded }: { id: number; seeded: boolean }) =>
		seeded || rotated.includes(id) || namesakes.includes(id);
	const ofApi = () => sandbox.keys((key) => key.api === api && key.instance !== 'eu');
	const before = new Map(ofApi().map(({ id, status }) => [id, status]));
	const seqBefore = sandbox.requests().length;

	const asks = asksOf(plan, places);
	const names = plan.items.map((_, index) => present(asks[index]).name);
	const addSecret = (value: string) => {
		secrets.push(value);
	};
	const env = {
		sandbox,
		baseUrl,
		timeout,
		foreignHost: foreignHost.url,
		addSecret,
		stepClock: stage.stepClock,
		onFirst,
	};
	const seats = plan.executions.map((planned, index) => openSeat(index, plan, names, planned, env));
	const stored = await engine.credentials.store(credential.type, credential.fields);
	const { onError, retryOnFail } = plan.cell;
	const retry = retryOnFail ? { retryOnFail, maxTries: 3, waitBetweenTries: 1 } : {};
	const parameters = parametersOf(plan, resource, timeout);
	const workflow = workflowOf({ [credential.type]: stored }, parameters, { onError, ...retry });
	const items = plan.items.map((item, index) => ({
		json: {
			[MARKER]: true,
			owner: present(places[index]),
			name: plan.operation === 'rotate' && item.keepsName ? '' : names[index],
			key: rotated[index] ?? 0,
			of: present(asks[index]).owner,
			store: item.store,
		},
	}));

	const probe = startProbe(sandbox.origin);
	const executions = await Promise.all(
		seats.map(
			async (seat) =>
				await sit(seat, async () => {
					const execution = await engine.run(workflow, {
						items,
						onStart: (cancel) => {
							seat.cancel = cancel;
						},
					});
					await seat.ended;
					// What a cancelled execution leaves to its sub-workflows is settled after them.
					if (plan.handOver !== undefined && execution.status === 'canceled') await sleep(150);
					return execution;
				}),
		),
	);
	const slowestAnswer = await probe.end();
	await settle(sandbox);

	const after = ofApi();
	const seen = await Promise.all(
		executions.map(
			async (execution, index) => await see(execution, present(seats[index]), stage, plan),
		),
	);
	engine.subWorkflows.calls.length = 0;
	// Takes the keys out of the items where they belong.
	const leaks = findLeaks({
		runs: executions.map(({ run }) => run),
		log: seats.map((seat) => seat.log.filter((entry) => !isOfStore(entry))),
		adminKeys: [...stage.adminKeys, ...formsOf(apiKey)],
		createdKeys: [...secrets],
	});
	return {
		plan,
		asks,
		executions: seen.map(({ execution }) => execution),
		keys: after.filter((key) => !isEarlier(key)),
		earlier: after.filter(isEarlier).map((key) => ({
			...key,
			statusBefore: present(before.get(key.id)),
			rotatedBy: rotated.includes(key.id) ? rotated.indexOf(key.id) : undefined,
		})),
		requests: sandbox
			.requests()
			.filter(({ seq }) => seq > seqBefore)
			.map((entry) => ({
				...entry,
				...askIn(entry),
				call: callOf(entry.method, entry.path),
				execution: seatOf(entry.headerNames),
			})),
		isTooBusy: slowestAnswer > timeout / 2,
		foreignRequests: foreignHost.take(),
		leaks: [...seen.flatMap(({ inClear }) => (inClear ? ['a clear key'] : [])), ...leaks],
	};
}

function asksOf({ operation, cell, items }: Plan, places: readonly number[]): Ask[] {
	return items.map(({ name: number, keepsName }, index) => {
		const name = `key-n${number}n`;
		if (operation === 'createOwner') {
			const isPartner = cell.api === 'partner';
			return { owner: isPartner ? `Customer n${index}n` : `user-n${index}n@email.com`, name };
		}
		const isKept = operation === 'rotate' && keepsName;
		return { owner: String(places[index]), name: isKept ? `old-n${index}n` : name };
	});
}

function parametersOf(plan: Plan, resource: string, timeout: number) {
	const { operation, options, encrypted, handOver } = plan;
	return {
		resource,
		operation: operation === 'rotate' ? 'rotate' : 'create',
		options: { ...options, timeout, ...(encrypted ? { recipientPublicKey: PEM } : {}) },
		userId: byId('={{ $json.owner }}'),
		accountId: byId('={{ $json.owner }}'),
		keyId: byId('={{ $json.key }}'),
		name: '={{ $json.name }}',
		restrictedToRoleId: 0,
		email: '={{ $json.of }}',
		containerIds: '',
		subaccountName: '={{ $json.of }}',
		emergencyContactEmails: '',
		...(handOver === undefined ? {} : formOf(handOver, operation === 'rotate')),
	};
}

/** Deeper than any output is: what n8n cannot save breaks the whole execution. */
const TOO_DEEP = 100;

/** Takes out what is too deep; gives whether there was any. */
function cutDepth(json: object, depth = 0): boolean {
	const cuts = Object.entries(json).map(([field, value]: [string, unknown]) => {
		if (typeof value !== 'object' || value === null) return false;
		if (depth < TOO_DEEP) return cutDepth(value, depth + 1);
		Object.assign(json, { [field]: undefined });
		return true;
	});
	return cuts.includes(true);
}

/** Every key value among the fields of an item. What is called like a prototype came as an odd answer. */
function valuesIn(json: object): { value: string; isEncrypted: boolean }[] {
	return Object.entries(json).flatMap(([field, value]: [string, unknown]) => {
		if (field === '__proto__') return [];
		if (typeof value === 'object' && value !== null) return valuesIn(value);
		const isEncrypted = field === 'api_key_jwe';
		return isEncrypted || field === 'api_key' ? [{ value: String(value), isEncrypted }] : [];
	});
}

/** What a JWE for the recipient holds; the reason when it cannot be opened, which is no key. */
async function open(jwe: string): Promise<string> {
	const { compactDecrypt } = await import('jose');
	try {
		const { plaintext } = await compactDecrypt(jwe, recipient.privateKey);
		return new TextDecoder().decode(plaintext);
	} catch (error) {
		return `cannot be opened: ${String(error)}`;
	}
}

function itemsIn(runData: IRunData | undefined): INodeExecutionData[] {
	const outputs = (runData?.DigiCert ?? []).flatMap((task) => task.data?.main ?? []);
	return outputs.flatMap((items) => items ?? []);
}

const indexOf = ({ pairedItem }: INodeExecutionData) =>
	isRecord(pairedItem) && typeof pairedItem.item === 'number' ? pairedItem.item : -1;

/** The key that an item says was handed over, as far as it names it. */
const idOf = ({ id }: IDataObject, { operation }: Plan) =>
	operation !== 'createOwner' && typeof id === 'number' && Number.isSafeInteger(id)
		? id
		: undefined;

/** What a user of n8n, or a workflow, gets to see of an execution. */
async function see(execution: Execution, seat: Seat, { sandbox, secrets }: Stage, plan: Plan) {
	const { status, saved, run, error } = execution;
	const isCancelled = status === 'canceled';
	const items = itemsIn(isCancelled ? saved : run.data.resultData.runData);
	const tooDeep = items.filter(({ json }) => cutDepth(json));
	const good = items.filter((item) => item.error === undefined);
	/** The IDs of the keys whose values are in there, and whether one of them is in the clear. */
	async function keysIn(json: object) {
		const values = valuesIn(json);
		const ids = values.map(async ({ value, isEncrypted }) => {
			return sandbox.holds(isEncrypted ? await open(value) : value)?.id;
		});
		return { ids: await Promise.all(ids), inClear: values.some((one) => !one.isEncrypted) };
	}
	const isHandedOver = ({ json }: INodeExecutionData) => json.handed_over === true;
	const delivered: { item: number; keyId: number | undefined }[] = [];
	let inClear = secretsIn(textOf(good.filter(isHandedOver)), secrets).length > 0;
	for (const item of good.filter((one) => !isHandedOver(one))) {
		const found = await keysIn(item.json);
		delivered.push(...found.ids.map((keyId) => ({ item: indexOf(item), keyId })));
		inClear ||= found.inClear && (plan.encrypted || plan.handOver !== undefined);
	}
	const stored: { keyId: number | undefined; at: number }[] = [];
	for (const { json, at } of seat.stored) {
		const found = await keysIn(json);
		stored.push({ keyId: found.ids[0], at });
		inClear ||= plan.encrypted && found.inClear;
	}
	const logged = seat.log.flat().filter(isRecord);
	// Logged once an execution is cancelled, whatever n8n says of its end. Each such line says all.
	const lines = logged.flatMap(({ keys }) => keys ?? []);
	const told = readTold(
		lines.length > 0
			? lines.slice(-1)
			: [keysOf(error), ...items.map((item) => keysOf(item.error))],
	);
	const passedOff = good.filter(({ json }) => MARKER in json);
	const isEmpty = ({ json }: INodeExecutionData) =>
		valuesIn(json).length === 0 &&
		json.skipped !== true &&
		json.handed_over !== true &&
		!(MARKER in json);
	const seen: ExecutionSeen = {
		...told,
		index: seat.index,
		status,
		delivered,
		handedOver: good
			.filter(isHandedOver)
			.map((item) => ({ item: indexOf(item), id: idOf(item.json, plan) })),
		stored,
		hints: textOf(seat.hints),
		skippedFor: good.flatMap(({ json: { skipped, id } }) =>
			skipped === true && typeof id === 'number' ? [id] : [],
		),
		mentions: idsIn([good.map(({ json }) => json), seat.hints]),
		outputs: items.map(indexOf),
		passedOff: passedOff.map(indexOf),
		empty: [...tooDeep, ...good.filter(isEmpty)].map(indexOf),
		stopText:
			isCancelled || error === undefined ? '' : `${error.message}\n${error.description ?? ''}`,
		thrown: seat.thrown,
	};
	return { execution: seen, inClear };
}

const idsIn = (things: unknown) =>
	new Set(Array.from(textOf(things).matchAll(/\b\d+\b/g), ([id]) => Number(id)));

/**
 * Makes a request on a connection of its own. Connections are taken in the order in which they
 * come, so what was sent before is with the server once this is answered.
 */
function ask(origin: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const request = get(`${origin}/sandbox/probe`, { agent: false }, (response) =>
			response.resume().once('end', resolve),
		);
		request.once('error', reject);
	});
}

/**
 * Watches how long a request takes on this machine, to tell a run with planned faults alone from
 * one in which the machine was too busy to answer in time.
 */
function startProbe(origin: string) {
	let slowest = 0;
	const over = new AbortController();
	async function watch() {
		while (!over.signal.aborted) {
			const startedAt = performance.now();
			await ask(origin);
			slowest = Math.max(slowest, performance.now() - startedAt);
			await sleep(150, undefined, over).catch(() => undefined);
		}
	}
	const watching = watch();
	return {
		/** How long the slowest one took, in ms. */
		async end(): Promise<number> {
			over.abort();
			await watching;
			return slowest;
		},
	};
}

/** Waits until the sandbox has acted on everything, requests that the client gave up included. */
async function settle(sandbox: Sandbox): Promise<void> {
	const end = performance.now() + 3_000;
	const isOpen = ({ status, fault, createdKeyId }: JournalEntry) =>
		status === undefined || (fault === 'late' && createdKeyId === undefined);
	do {
		await sleep(20);
		// The second time, what arrived before the first one was also read.
		for (let i = 0; i < 2; i++) await ask(sandbox.origin);
	} while (sandbox.requests(isOpen).length > 0 && performance.now() < end);
}
