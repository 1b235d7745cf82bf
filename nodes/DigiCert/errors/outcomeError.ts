import type { INode } from 'n8n-workflow';

import type { Refused, Unknown } from '../issuance/outcome';
import type { IssuanceRequest } from '../issuance/request';
import type { ApiClient } from '../transport/client';
import { apiError, toNodeError } from './build';
import type { NodeError } from './build';
import { explainRefused, explainUnknown } from './explain';
import type { Explanation } from './explanation';
import { notStarted } from './failure';

/** Explains a creation that ended without a key. */
export function explainOutcome(
	client: ApiClient,
	{ subject, name }: IssuanceRequest,
	outcome: Refused | Unknown,
): Explanation {
	return outcome.kind === 'refused'
		? explainRefused(client, outcome.exchange, subject)
		: explainUnknown(client, outcome.exchange, subject, name, outcome.sentAt);
}

/**
 * The error for an item that has no key.
 *
 * @param outcome undefined when the item was not started any more
 * @param more further sentences about the run
 */
export function outcomeError(
	node: INode,
	client: ApiClient,
	request: IssuanceRequest,
	outcome: Refused | Unknown | undefined,
	more: readonly string[],
): NodeError {
	return outcome === undefined
		? toNodeError(node, request.itemIndex, notStarted(), more)
		: apiError(node, request.itemIndex, explainOutcome(client, request, outcome), more);
}
