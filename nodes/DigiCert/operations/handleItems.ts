import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { DigiCertApi } from '../http/apis';
import { performAll } from './performAll';
import type { Perform } from './performAll';
import { runItems } from './runItems';
import type { ReadPlan } from './runItems';
import type { Result } from './result';

function describeDone(itemIndexes: number[]): string[] {
	if (itemIndexes.length === 0) return [];
	const items = itemIndexes.length === 1 ? 'Item' : 'Items';
	return [`${items} ${itemIndexes.join(', ')} of this run had been handled by then.`];
}

/**
 * Handles input items with calls that can be made twice without harm: reading, and setting a
 * state. For calls that create keys there is `issueKeys`.
 *
 * @param read reads an item's parameters
 * @param perform does an item's work and gives its output items
 * @param laneOf what an item changes; items that change the same are handled in input order
 * @returns and throws as `runItems` does
 */
export async function handleItems<T>(
	context: IExecuteFunctions,
	api: DigiCertApi,
	read: ReadPlan<T>,
	perform: Perform<T, IDataObject[]>,
	laneOf?: (plan: T) => string,
): Promise<INodeExecutionData[]> {
	return await runItems(context, api, read, async (run, plans) => {
		const { done, failed } = await performAll(run, plans, perform, { laneOf, describeDone });
		return new Map<number, Result>([...done, ...failed]);
	});
}
