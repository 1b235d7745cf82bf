import { randomUUID } from 'node:crypto';

import { UserError } from 'n8n-workflow';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { certCentral, partner } from '../digicert/apis';
import { isLive, isReadable } from '../digicert/keyFacts';
import type { KeyFacts } from '../digicert/keyFacts';
import { isAcmeUrl, listSubaccountKeys, listUserKeys, roleIdOf } from '../digicert/keys';
import { DigiCertFailure, explanationOf } from '../errors/failure';
import { toNodeError } from '../errors/nodeErrors';
import { connect } from '../http/client';
import { createPacer } from '../http/pacing';
import { openSession } from '../http/repeating';
import { compare } from './compare';
import type { ListedKey, TriggerEvent, Watch } from './events';
import { readSettings } from './parameters';
import { sampleOf } from './sample';
import { readState } from './state';

/** A name for this process. */
const PROCESS = randomUUID().slice(0, 8);

/** What n8n's own change flag is called: state that has it is saved apart from the execution. */
const CHANGE_FLAG = '__dataChanged';

/** Longest wait for the list, in ms. */
const LONGEST_ANSWER = 30_000;
/** Longest wait for the rate limit, in ms. The next poll comes by itself. */
const LONGEST_WAIT = 60_000;
/** What n8n's in-memory engine gives a poll, in ms; hosts before 2.38 do not tell. */
const USUAL_BUDGET = 5 * 60_000;

/** The two lists. */
const LISTS = {
	userApiKeys: { api: certCentral, list: listUserKeys },
	subaccountApiKeys: { api: partner, list: listSubaccountKeys },
} as const;

function isTold(time: Date | undefined): boolean {
	return time === undefined || isReadable(time);
}

/** An entry as a key; undefined when something that events follow from cannot be read. */
function toListedKey(facts: KeyFacts): ListedKey | undefined {
	const { id, name, status, ownerId, createdAt, lastUsedAt, record } = facts;
	if (status === '' || !isTold(createdAt) || !isTold(lastUsedAt)) return undefined;
	return {
		id,
		name: name === '' ? undefined : name,
		live: isLive(facts),
		role: roleIdOf(record.restricted_to_role_id),
		ownerId,
		createdAt,
		lastUsedAt,
		acme: isAcmeUrl(record),
		record,
	};
}

const KEPT = 'The trigger keeps what it knew: once it works again, it reports what happened since.';

/**
 * Says of a list that could not be read what a trigger's user can do, in place of what holds for
 * the items of a workflow.
 */
function explainPoll(error: unknown): DigiCertFailure {
	const explanation = explanationOf(error);
	const { advice, found, httpCode = '', failure } = explanation;
	const isUnanswered =
		explanation.inDoubt !== undefined || failure?.cause === 'temporarily-unavailable';
	let next = advice;
	if (httpCode === '429') {
		next =
			"n8n polls again by itself. If this goes on, let the trigger poll less often, or give it an API key of its own: DigiCert's limit counts for each key.";
	} else if (isUnanswered) {
		next =
			'n8n polls again by itself. If this goes on, check the base URL of the credential, and the network between n8n and DigiCert.';
	} else if (httpCode !== '' && !['401', '403', '404', '407'].includes(httpCode)) {
		next = 'Act on what DigiCert says. n8n polls again by itself.';
	}
	return new DigiCertFailure({
		...explanation,
		found: found
			.replace(/ \(the option '[^']+'\)/, '')
			.replace('The execution was cancelled', 'The time that n8n gives a poll ran out'),
		advice: `${next} ${KEPT}`,
	});
}

/** How long a poll may take, so that n8n does not give it up and drop what it found. */
function limitsOf(context: IPollFunctions) {
	const budget =
		typeof context.getPollBudgetMs === 'function' ? context.getPollBudgetMs() : USUAL_BUDGET;
	// Waiting and reading share the budget, and a tenth of it is left for all else.
	const share = Math.floor(budget * 0.45);
	const lastSending = performance.now() + share;
	return {
		timeoutMs: Math.min(LONGEST_ANSWER, share),
		waitMs: Math.min(LONGEST_WAIT, share),
		/** Whether what is sent now could take longer than n8n waits. */
		isTooLate: () => performance.now() > lastSending,
	};
}

/** The error for a list that may lack keys, or that cannot be right. */
function incompleteList(found: string): DigiCertFailure {
	return new DigiCertFailure({
		message: 'DigiCert did not give the whole list of API keys',
		found,
		advice: `Nothing is concluded from a part of it. n8n polls again by itself; if this goes on, ask DigiCert's support. ${KEPT}`,
		failure: { cause: 'temporarily-unavailable' },
	});
}

/**
 * Reads the whole list of keys with one call: `GET /key` or `GET /api-key`, for which no paging is
 * documented (digicert-api.md A.4.1, B.2.1).
 *
 * @throws DigiCertFailure, also for a list that is certainly not whole, or a UserError for a
 *   credential that cannot be used
 */
async function readKeys(context: IPollFunctions, watch: Watch): Promise<ListedKey[]> {
	const { api, list } = LISTS[watch];
	const { timeoutMs, waitMs, isTooLate } = limitsOf(context);
	const client = await connect(context, api, timeoutMs);
	const session = openSession(client, createPacer(waitMs), isTooLate);
	const { entries, isComplete } = await list(session).catch(
		async (error: unknown) => await Promise.reject(explainPoll(error)),
	);
	const keys = entries.flatMap((facts) => toListedKey(facts) ?? []);
	if (!isComplete || keys.length < entries.length) {
		throw incompleteList(
			'It tells a higher number of keys than it lists, or has an entry that cannot be read.',
		);
	}
	// The key with which the list is read is one of the account's, so an empty one cannot be right.
	if (keys.length === 0) {
		throw incompleteList('The list is empty, though the key of the credential belongs in it.');
	}
	return keys;
}

function toItems(events: readonly TriggerEvent[]): INodeExecutionData[][] {
	return [events.map((json) => ({ json }))];
}

async function pollOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const settings = readSettings(context);
	if (context.getMode() === 'manual') {
		return toItems(sampleOf(await readKeys(context, settings.watch), settings));
	}
	const before = readState(context.getWorkflowStaticData('node').state);
	const keys = await readKeys(context, settings.watch);

	const { state, events } = await compare(before, keys, settings, {
		now: new Date(),
		process: PROCESS,
		savedApart: CHANGE_FLAG in context.getWorkflowStaticData('node'),
	});

	// From here on nothing waits: n8n lets polls of a node overlap, and they share the state.
	const data = context.getWorkflowStaticData('node');
	// Another poll was faster, and this list may be older than what it has seen. The next one sees all.
	if (readState(data.state)?.revision !== before?.revision) return null;
	// Assigned anew and whole, because n8n sees no change inside of it.
	if (state !== before) data.state = state;
	return events.length === 0 ? null : toItems(events);
}

/**
 * One poll: reads the list of keys once, compares it with the state, and reports what happened.
 * The state is written last, so that a poll that throws leaves it as it was.
 *
 * @returns null when there is nothing to report
 * @throws a node error, with `failure` where the answer proves a cause, so that n8n waits longer
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return await pollOnce(context);
	} catch (error) {
		const nodeError = toNodeError(context.getNode(), undefined, error);
		// A credential that cannot be used is for people to mend, like a setting.
		if (error instanceof UserError) nodeError.failure = { cause: 'configuration-invalid' };
		throw nodeError;
	}
}
