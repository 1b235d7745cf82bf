import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { DigiCertApi } from '../transport/apis';
import { performAll } from './performAll';
import type { Perform } from './performAll';
import { runItems } from './runItems';
import type { ReadPlan, Result } from './runItems';

/**
 * Handles input items with calls that can be made twice without harm: reading, and setting a
 * state. For calls that create keys there is `issueKeys`.
 *
 * @param read reads an item's parameters
 * @param perform does an item's work and gives its output items
 * @returns and throws as `runItems` does
 */
export async function handleItems<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: ReadPlan<T>,
	perform: Perform<T, IDataObject[]>,
): Promise<INodeExecutionData[]> {
	return await runItems(context, api, read, async (run, plans) => {
		const { done, failed } = await performAll(run, plans, perform);
		return new Map<number, Result>([...done, ...failed]);
	});
}
