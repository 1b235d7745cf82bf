import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { NodeError } from '../errors/build';

/** What becomes of an input item: any number of output items, or an error. */
export type Result = readonly IDataObject[] | NodeError;

function isNodeError(result: Result): result is NodeError {
	return result instanceof Error;
}

/**
 * Renames fields of DigiCert's answers that n8n takes for its own: it reads a failed item from
 * `error`, and with Retry On Fail runs the whole node again, creating keys anew (measured).
 */
function withoutEngineWords(json: IDataObject): IDataObject {
	const fields = Object.entries(json).map(([field, value]) =>
		field === 'error' || field === '$error' ? [`digicert_${field}`, value] : [field, value],
	);
	return Object.fromEntries(fields);
}

/**
 * The output items of an input item, paired with it. A failed one has an error and no fields, for
 * the same reason.
 */
export function toItems(itemIndex: number, result: Result): INodeExecutionData[] {
	const pairedItem = { item: itemIndex };
	if (isNodeError(result)) return [{ json: {}, error: result, pairedItem }];
	return result.map((json) => ({ json: withoutEngineWords(json), pairedItem }));
}
