import { encryptSecrets } from '../encryption/recipient';
import { classify } from '../http/classify';
import type { Exchange, Interrupted } from '../http/exchange';
import { sendPaced } from '../http/pacing';
import { isJsonObject } from '../values';
import { forEachCreation } from './carryOut';
import type { Step } from './carryOut';
import { isHeld, isIssued, isOf, laneOf, textsBefore } from './creation';
import type { Creation, IssuedCreation, Outcome } from './creation';

/** What is true of a request from the moment on when it may go out, unless something better is known. */
const IN_HAND: Interrupted = { kind: 'interrupted', cause: 'node', detail: 'Error' };

/** Judges what a creation ended with: issued, refused, or unknown, which is everything else. */
function judge(creation: Creation, exchange: Exchange): Outcome {
	const { order } = creation;
	if (exchange.kind === 'unreached') return { kind: 'refused', exchange };
	if (exchange.kind === 'interrupted') return { kind: 'unknown', exchange };
	const { verdict } = classify(exchange);
	const reply = isJsonObject(exchange.json) ? exchange.json : {};
	if (verdict === 'done' && order.holdsKey(reply, textsBefore(creation))) {
		return { kind: 'issued', reply, id: order.idIn(reply) };
	}
	if (verdict === 'refused' || verdict === 'limited') return { kind: 'refused', exchange };
	const tellsKey = verdict === 'done' || exchange.holdsKey;
	return { kind: 'unknown', exchange, toldId: tellsKey ? order.idIn(reply) : undefined };
}

/** Makes what goes to the key's receiver. With a recipient, nothing is ready to go before it is encrypted. */
function pack(creation: IssuedCreation): void {
	const { order, sentName, recipient, outcome } = creation;
	const output = order.toOutput(outcome.reply, sentName);
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
	let failed = stopOnFailure && creations.some(isOf('declined'));
	const isOver = () => isCancelled() || (stopOnFailure && failed);

	async function issue(creation: Creation): Promise<void> {
		const { order, sentName, how } = creation;
		const earlier = how.ifNameExists === 'skip' ? taken.get(laneOf(creation)) : undefined;
		if (earlier !== undefined) {
			creation.outcome = { kind: 'withheld', earlier };
			return;
		}
		const request = order.requestFor(sentName);
		creation.outcome = { kind: 'unknown', exchange: IN_HAND };
		const exchange = await sendPaced(enduring.client, pacer, request, isOver);
		if (exchange === undefined) {
			creation.outcome = { kind: 'planned' };
			return;
		}
		creation.outcome = judge(creation, exchange);
		if (isIssued(creation)) pack(creation);
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
				failed ||= kind !== 'planned' && kind !== 'withheld' && !isHeld(creation);
				if (kind === 'issued' || kind === 'unknown') taken.set(laneOf(creation), creation);
			}
		},
		laneOf,
		isOver,
	);
};
