import { outcomeError } from '../errors/outcomeError';
import { describeLoss, stopError } from '../errors/stopError';
import { endedAs } from '../issuance/ended';
import type { Outcomes } from '../issuance/ended';
import { issueAll } from '../issuance/issue';
import { reconcile } from '../issuance/reconcile';
import type { IssuanceRequest } from '../issuance/request';
import { rollBack } from '../issuance/rollBack';
import { deliver, isDelivered } from './deliver';
import { finishOutputs } from './finishOutputs';
import type { Prepared } from './prepareKeys';
import type { Result } from './result';
import type { Run } from './runItems';
import { warnOfCopies } from './warnOfCopies';

/** Whether each item has its key, or that of an earlier item of the same name. */
function isComplete(requests: readonly IssuanceRequest[], outcomes: Outcomes): boolean {
	return requests.every((request) => {
		const kind = outcomes.get(request)?.kind;
		return kind === 'issued' || kind === 'withheld';
	});
}

/**
 * n8n saves a cancelled execution before its node ends, so neither output nor error of this run
 * reaches anybody (measured). The log is what is left to name the keys that were made.
 *
 * @param next what happens now, as a sentence
 */
function logLoss(
	{ context, enduring }: Run,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
	next = '',
): void {
	const loss = describeLoss(enduring.client, requests, outcomes);
	if (loss.length === 0) return;
	const where = `workflow ${context.getWorkflow().id}, execution ${context.getExecutionId()}`;
	const what = `The execution was cancelled while the node "${context.getNode().name}" created API keys (${where}).`;
	context.logger.warn([what, ...loss, next].join(' ').trim());
}

/**
 * Creates the keys and looks after what went wrong: by the rules of design.md, section 3.
 *
 * @returns a result for each request, by item index
 * @throws a node error when the node is to stop; then nothing is put out
 */
export async function issuePrepared(
	run: Run,
	{ requests, idsBefore }: Prepared,
): Promise<Map<number, Result>> {
	const { context, enduring, pacer, concurrency, isCancelled, stopOnFailure } = run;
	const { ifNameExists, lostReply, rollback } = run.issuance;
	const oncePerName = ifNameExists === 'skip';
	const how = { pacer, concurrency, oncePerName, stopOnFailure, isCancelled };
	const outcomes = await issueAll(enduring.client, requests, how);

	const isStopped = () => isCancelled() || (stopOnFailure && !isComplete(requests, outcomes));
	const rollBackIfStopped = async () => {
		if (!rollback || !isStopped()) return;
		// n8n may be shut down before all is done.
		if (isCancelled()) logLoss(run, requests, outcomes, 'The node switches the keys off now.');
		await rollBack(enduring, requests, outcomes, concurrency);
	};
	// First, because every other step keeps keys alive that nobody receives.
	await rollBackIfStopped();
	await reconcile(enduring, requests, outcomes, { lostReply, idsBefore, concurrency });
	const outputs = new Map(
		endedAs('issued', requests, outcomes)
			.filter(([request]) => isDelivered(request, outcomes))
			.map(([request, { reply }]) => [request, request.toOutput(reply)]),
	);
	if (!isStopped()) await finishOutputs(run, outputs);
	// The execution may have been cancelled meanwhile.
	await rollBackIfStopped();

	const node = context.getNode();
	if (isCancelled()) logLoss(run, requests, outcomes);
	const stop = stopOnFailure ? stopError(node, enduring.client, requests, outcomes) : undefined;
	if (stop !== undefined) throw stop;
	const isCopied = requests.some((r) => r.recipient === undefined && isDelivered(r, outcomes));
	if (isCopied) warnOfCopies(context);
	return new Map(
		requests.map((request) => {
			const output = deliver(request, outcomes, outputs);
			const outcome = outcomes.get(request);
			return [
				request.itemIndex,
				output === undefined ? outcomeError(node, enduring.client, request, outcome, []) : [output],
			];
		}),
	);
}
