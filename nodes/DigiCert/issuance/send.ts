import type { IDataObject } from 'n8n-workflow';

import { encryptSecrets } from '../encryption/recipient';
import { classify } from '../http/classify';
import type { Exchange, Interrupted, Reply } from '../http/exchange';
import { sendPaced } from '../http/pacing';
import { isJsonObject } from '../values';
import { forEachCreation } from './carryOut';
import type { Step } from './carryOut';
import { isHeld, isIssued, isOf, laneOf, secretsOf, textsBefore } from './creation';
import type { Creation, IssuedCreation, Outcome } from './creation';

/** What is true of a request from the moment on when it may go out, unless something better is known. */
const IN_HAND: Interrupted = { kind: 'interrupted', cause: 'node', detail: 'Error' };

/**
 * Judges what a creation ended with: issued, refused, or unknown, which is everything else.
 *
 * @param others IDs of keys that are not this creation's: an answer that tells one of them tells none
 * @param known texts that are not its key's value
 */
function judge(
	{ order }: Creation,
	exchange: Exchange,
	others: ReadonlySet<number>,
	known: ReadonlySet<string>,
): Outcome {
	if (exchange.kind === 'unreached') return { kind: 'refused', exchange };
	if (exchange.kind === 'interrupted') return { kind: 'unknown', exchange };
	const verdict = classify(exchange);
	const reply = isJsonObject(exchange.json) ? exchange.json : {};
	const told = order.idIn(reply);
	const id = told === undefined || others.has(told) ? undefined : told;
	if (verdict === 'done' && order.holdsKey(reply, known)) {
		return { kind: 'issued', reply, id };
	}
	if (verdict === 'refused' || verdict === 'limited') return { kind: 'refused', exchange };
	const tellsKey = verdict === 'done' || exchange.holdsKey;
	return { kind: 'unknown', exchange, toldId: tellsKey ? id : undefined };
}

/** Whether a number was rounded when it was parsed: as an ID, it may be somebody else's. */
function isRounded(value: unknown): boolean {
	return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** Makes what goes to the key's receiver. With a recipient, nothing is ready to go before it is encrypted. */
function pack(creation: IssuedCreation): void {
	const { order, sentName, recipient, outcome } = creation;
	const isUntrue = outcome.id === undefined && order.idIn(outcome.reply) !== undefined;
	const fields = Object.entries(order.toOutput(outcome.reply, sentName));
	const output: IDataObject = Object.fromEntries(
		fields.filter(([field, value]) => !isRounded(value) && !(isUntrue && field === 'id')),
	);
	outcome.parcel =
		recipient === undefined ? output : encryptSecrets(output, recipient, textsBefore(creation));
}

/**
 * Creates the keys, each request sent once; only a 429 is repeated. A cancelled execution breaks
 * none of them off: that would leave a key whose ID nobody knows.
 */
export const send: Step = async (run, creations) => {
	const { enduring, pacer, stopOnFailure, isCancelled } = run;
	const taken = new Map<string, Creation>();
	const others = new Set(creations.flatMap(({ order }) => order.replaces?.id ?? []));
	/** What was sent, and the values that came: DigiCert gives each one once. */
	const known = new Set<string>();
	let failed = stopOnFailure && creations.some(isOf('declined'));
	const isOver = () => isCancelled() || (stopOnFailure && failed);

	/** The 429 with which the run has waited long enough, and when DigiCert wants to be asked again. */
	let closed: { readonly until: number; readonly exchange: Reply } | undefined;
	const isHeldBack = () => isOver() || (closed !== undefined && performance.now() < closed.until);

	async function issue(creation: Creation): Promise<void> {
		const { order, sentName, how } = creation;
		const earlier = how.ifNameExists === 'skip' ? taken.get(laneOf(creation)) : undefined;
		if (earlier !== undefined) {
			creation.outcome = { kind: 'withheld', earlier };
			return;
		}
		const request = order.requestFor(sentName);
		creation.outcome = { kind: 'unknown', exchange: IN_HAND };
		const exchange = await sendPaced(enduring.client, pacer, request, isHeldBack);
		if (exchange === undefined) {
			creation.outcome =
				isOver() || closed === undefined
					? { kind: 'planned' }
					: { kind: 'refused', exchange: closed.exchange };
			return;
		}
		for (const text of textsBefore(creation)) known.add(text);
		creation.outcome = judge(creation, exchange, others, known);
		if (isIssued(creation)) {
			const { id } = creation.outcome;
			if (id !== undefined) others.add(id);
			pack(creation);
			for (const secret of secretsOf(creation)) known.add(secret);
		} else if (exchange.kind === 'reply' && classify(exchange) === 'limited') {
			closed = { until: performance.now() + (exchange.retryAfterMs ?? 0), exchange };
		}
	}

	const planned: readonly Creation[] = creations.filter(isOf('planned'));
	await forEachCreation(
		run,
		planned,
		async (creation) => {
			try {
				await issue(creation);
			} finally {
				const { kind } = creation.outcome;
				failed ||= kind !== 'withheld' && !isHeld(creation);
				if (kind === 'issued' || kind === 'unknown') taken.set(laneOf(creation), creation);
			}
		},
		isOver,
		laneOf,
	);
};
