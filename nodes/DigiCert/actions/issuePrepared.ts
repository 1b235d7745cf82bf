import type { IDataObject } from 'n8n-workflow';

import { outcomeError } from '../errors/outcomeError';
import { describeLoss, stopError } from '../errors/stopError';
import { endedAs } from '../issuance/ended';
import type { Outcomes } from '../issuance/ended';
import { issueAll } from '../issuance/issue';
import { reconcile } from '../issuance/reconcile';
import type { IssuanceRequest } from '../issuance/request';
import { rollBack } from '../issuance/rollBack';
import { finishOutputs } from './finishOutputs';
import type { Result, Run } from './runItems';
import { warnOfCopies } from './warnOfCopies';

/**
 * n8n saves a cancelled execution before its node ends, so neither output nor error of this run
 * reaches anybody (measured). The log is what is left to name the keys that were made.
 */
function logLoss({ context, enduring }: Run, requests: IssuanceRequest[], outcomes: Outcomes) {
	const loss = describeLoss(enduring.client, requests, outcomes);
	if (loss.length === 0) return;
	const { name } = context.getNode();
	context.logger.warn(
		[`The execution was cancelled while the node "${name}" created API keys.`, ...loss].join(' '),
	);
}

/** Fields of an output that go out once, with the item that created the key. */
const FIRST_ONLY = ['api_key', 'api_key_jwe', 'replaces', 'verified', 'verification'];

/** The key that an earlier item of the run has received, without its value. */
function toSkipped(output: IDataObject): IDataObject {
	const record = Object.entries(output).filter(([field]) => !FIRST_ONLY.includes(field));
	return { ...Object.fromEntries(record), skipped: true };
}

/**
 * Creates the keys and looks after what went wrong: by the rules of design.md, section 3.
 *
 * @param requests in input order
 * @returns a result for each of them, by item index
 * @throws a node error when the node is to stop; then nothing is put out
 */
export async function issuePrepared(
	run: Run,
	requests: IssuanceRequest[],
): Promise<Map<number, Result>> {
	const { context, enduring, concurrency, isCancelled, stopOnFailure } = run;
	const { ifNameExists, lostReply, rollback } = run.issuance;
	const node = context.getNode();
	const { client } = enduring;
	const outcomes = await issueAll(client, requests, {
		...run,
		oncePerName: ifNameExists === 'skip',
	});
	const explainStop = () =>
		stopOnFailure ? stopError(node, client, requests, outcomes) : undefined;
	const rollBackIfStopped = async () => {
		if (!rollback || !(isCancelled() || explainStop() !== undefined)) return;
		await rollBack(enduring, requests, outcomes, concurrency);
	};

	await rollBackIfStopped();
	await reconcile(enduring, requests, outcomes, lostReply, concurrency);
	const outputs = new Map(
		endedAs('issued', requests, outcomes).map(([request, { reply }]) => [
			request,
			request.toOutput(reply),
		]),
	);
	if (explainStop() === undefined) await finishOutputs(run, outputs);
	// The execution may have been cancelled meanwhile.
	await rollBackIfStopped();
	if (isCancelled()) logLoss(run, requests, outcomes);
	const stop = explainStop();
	if (stop !== undefined) throw stop;
	if (requests.some((request) => request.recipient === undefined && outputOf(request))) {
		warnOfCopies(context);
	}
	return new Map(requests.map((request) => [request.itemIndex, resultOf(request)]));

	function resultOf(request: IssuanceRequest): Result {
		const outcome = outcomes.get(request);
		const output =
			outcome?.kind === 'withheld' ? outputOf(outcome.earlier, toSkipped) : outputOf(request);
		return output === undefined ? outcomeError(node, client, request, outcome, []) : [output];
	}

	function outputOf(
		request: IssuanceRequest,
		change: (output: IDataObject) => IDataObject = (output) => output,
	): IDataObject | undefined {
		const outcome = outcomes.get(request);
		const output = outputs.get(request);
		const isDelivered = outcome?.kind === 'issued' && outcome.rolledBack === undefined;
		return isDelivered && output !== undefined ? change(output) : undefined;
	}
}
