import type { IDataObject } from 'n8n-workflow';

import { encryptSecrets } from '../encryption/recipient';
import type { Outcomes } from '../issuance/ended';
import type { IssuanceRequest } from '../issuance/request';
import { textsIn } from '../values';

/** What outputs say of a key besides its value: all that a skipped item gets. */
const RECORD = ['id', 'name', 'status', 'user_id', 'account_id', 'restricted_to_role_id'];

/** The outputs of the keys that exist, in clear text. */
export type Outputs = ReadonlyMap<IssuanceRequest, IDataObject>;

/** The key that an earlier item of the run has received, without its value. */
function toSkipped(output: IDataObject): IDataObject {
	const record = Object.entries(output).filter(([field]) => RECORD.includes(field));
	return { ...Object.fromEntries(record), skipped: true };
}

/** Whether an item's key exists and goes out with it. */
export function isDelivered(request: IssuanceRequest, outcomes: Outcomes): boolean {
	const outcome = outcomes.get(request);
	return outcome?.kind === 'issued' && outcome.rolledBack === undefined;
}

/**
 * What an item puts out: its key, encrypted if it has a recipient, or the record of the key that
 * an earlier item of the run received.
 *
 * @returns undefined when there is neither
 */
export function deliver(
	request: IssuanceRequest,
	outcomes: Outcomes,
	outputs: Outputs,
): IDataObject | undefined {
	const outcome = outcomes.get(request);
	const source = outcome?.kind === 'withheld' ? outcome.earlier : request;
	const output = isDelivered(source, outcomes) ? outputs.get(source) : undefined;
	if (output === undefined) return undefined;
	if (source !== request) return toSkipped(output);
	const { recipient, replaces, request: sent } = request;
	if (recipient === undefined) return output;
	// What the old key's record says is older than the new key.
	const ours = [sent.body, replaces === undefined ? undefined : output.replaces];
	return encryptSecrets(output, recipient, textsIn(ours));
}
