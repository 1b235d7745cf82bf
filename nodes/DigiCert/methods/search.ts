import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import { isReadable } from '../digicert/keyFacts';
import { openSession } from '../http/repeating';
import type { Session } from '../http/repeating';
import type { DigiCertApi } from '../digicert/apis';
import { connect } from '../http/client';
import { createPacer } from '../http/pacing';

/** Longest wait for a list while somebody looks at the editor, in ms. */
const TIMEOUT = 15_000;

/**
 * Runs a look-up for a picker.
 *
 * @throws a node error with DigiCert's reason, so that a refused look-up is not taken for an empty
 *   list
 */
export async function search(
	context: ILoadOptionsFunctions,
	api: DigiCertApi,
	lookUp: (session: Session) => Promise<INodeListSearchResult>,
): Promise<INodeListSearchResult> {
	try {
		const client = await connect(context, api, TIMEOUT);
		const never = () => false;
		return await lookUp(openSession(client, createPacer(TIMEOUT, never), never));
	} catch (error) {
		throw toNodeError(context.getNode(), undefined, error);
	}
}

/** Whether any of the texts holds what was typed. Upper and lower case count as the same. */
export function matches(texts: readonly string[], filter = ''): boolean {
	const wanted = filter.trim().toLowerCase();
	return texts.some((text) => text.toLowerCase().includes(wanted));
}

/** The last use of a key as pickers show it. */
export function describeUse(date: Date | undefined): string {
	if (date === undefined) return 'never used';
	return isReadable(date) ? `last used ${date.toISOString().slice(0, 10)}` : 'last use unknown';
}
