import type { INode } from 'n8n-workflow';

import type { Issued, Outcome } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../http/client';
import { apiError } from './build';
import type { NodeError } from './build';
import { explainRefused } from './explain';
import type { Explanation } from './explanation';
import { explainUnknown, summarize } from './explainUnknown';
import { notStarted, refusal } from './failure';

/** Explains a key that is not put out, because nobody would have received it. */
function explainRolledBack(
	{ api }: ApiClient,
	{ subject }: IssuanceRequest,
	{ rolledBack }: Issued,
): Explanation {
	const besides = subject.besides === undefined ? '' : ` ${subject.besides} remains.`;
	const key = rolledBack?.id === undefined ? 'the key' : `key ${rolledBack.id}`;
	if (rolledBack?.failure === undefined) {
		return refusal(
			`The execution was cancelled, so ${key} of this item was switched off again`,
			`Run this item again if you still need it.${besides}`,
		).explanation;
	}
	return refusal(
		`The execution was cancelled, and ${key} of this item may still be live`,
		`Switching it off did not work: ${summarize(rolledBack.failure)} Make sure to ${api.offWord} it.${besides}`,
	).explanation;
}

function explainWithheld({ subject, name }: IssuanceRequest, earlier: number): Explanation {
	return refusal(
		`Not sent, because item ${earlier} of this run asked for the same API key and did not receive it`,
		`Another request could make a second key named ${JSON.stringify(name)} of ${subject.thing}. Act on the error of item ${earlier} first, then run this item again.`,
	).explanation;
}

/**
 * Explains why an item has no key to put out.
 *
 * @param outcome undefined when the item was not started any more
 */
export function explainOutcome(
	client: ApiClient,
	request: IssuanceRequest,
	outcome: Outcome | undefined,
): Explanation {
	switch (outcome?.kind) {
		case undefined:
			return notStarted().explanation;
		case 'issued':
			return explainRolledBack(client, request, outcome);
		case 'refused':
			return explainRefused(client, outcome.exchange, request.subject);
		case 'unknown':
			return explainUnknown(client, request, outcome);
		case 'withheld':
			return explainWithheld(request, outcome.earlier.itemIndex);
	}
}

/**
 * The error for an item that has no key to put out.
 *
 * @param outcome undefined when the item was not started any more
 * @param more further sentences about the run
 */
export function outcomeError(
	node: INode,
	client: ApiClient,
	request: IssuanceRequest,
	outcome: Outcome | undefined,
	more: readonly string[],
): NodeError {
	return apiError(node, request.itemIndex, explainOutcome(client, request, outcome), more);
}
