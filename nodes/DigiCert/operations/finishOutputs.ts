import type { IDataObject } from 'n8n-workflow';

import { explanationOf } from '../errors/failure';
import { runInLanes } from '../issuance/lanes';
import type { IssuanceRequest } from '../issuance/request';
import { verifyKey } from '../digicert/verifyKey';
import type { Run } from './runItems';

/** The output of one key, on its way. */
type Step = (request: IssuanceRequest, output: IDataObject) => Promise<IDataObject>;

/**
 * Makes the outputs whole: adds what DigiCert's answers lack, and tries the keys if that is
 * wanted. Whatever goes wrong with the look-ups, the keys are put out, and a hint says what is
 * missing.
 *
 * @param outputs by request; they are changed
 */
export async function finishOutputs(
	{ context, session, concurrency, isCancelled, issuance }: Run,
	outputs: Map<IssuanceRequest, IDataObject>,
): Promise<void> {
	const misses: string[] = [];
	const complete: Step = async (request, output) => {
		try {
			return (await request.complete?.(session, output)) ?? output;
		} catch (error) {
			misses.push(`${explanationOf(error).message} [item ${request.itemIndex}]`);
			return output;
		}
	};
	const verify: Step = async (_, output) => {
		const { api_key: value } = output;
		if (!issuance.verify || typeof value !== 'string') return output;
		return { ...output, ...(await verifyKey(session, value)) };
	};

	await runInLanes(
		[...outputs],
		([{ itemIndex }]) => String(itemIndex),
		concurrency,
		async ([request, output]) => {
			outputs.set(request, await verify(request, await complete(request, output)));
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
