import type { IDataObject } from 'n8n-workflow';

import { toNodeError } from '../errors/build';
import { runInLanes } from '../issuance/lanes';
import type { IssuanceRequest } from '../issuance/request';
import type { Run } from './runItems';

/**
 * Adds to the outputs what DigiCert's answers lack. Whatever goes wrong with these look-ups, the
 * keys are put out, and a hint says what is missing.
 *
 * @param outputs by request; they are changed
 */
export async function completeAll(
	{ context, session, concurrency, isCancelled }: Run,
	outputs: Map<IssuanceRequest, IDataObject>,
): Promise<void> {
	const misses: string[] = [];
	await runInLanes(
		[...outputs],
		([{ itemIndex }]) => String(itemIndex),
		concurrency,
		async ([request, output]) => {
			try {
				const completed = await request.complete?.(session, output);
				if (completed !== undefined) outputs.set(request, completed);
			} catch (error) {
				misses.push(toNodeError(context.getNode(), request.itemIndex, error).message);
			}
		},
		isCancelled,
	);
	if (misses.length === 0) return;
	context.addExecutionHints({
		message: `The API keys were created. On ${misses.length} of the items, a look-up after it did not work: ${misses[0]}`,
		type: 'warning',
		location: 'outputPane',
	});
}
