import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { apiError, failedItem } from '../errors/nodeErrors';
import type { NodeError } from '../errors/nodeErrors';
import type { Issuance } from './carryOut';
import { isDelivered, isFound } from './creation';
import type { Creation } from './creation';
import { listIds } from './explain';
import type { Ending } from './report';

/**
 * What is said when `report` itself breaks: the bare facts, put together with nothing that could
 * break as well. Every key is in an item or named in an error.
 */
export function bareReport(
	{ context, stopOnFailure }: Issuance,
	creations: readonly Creation[],
	failed: ReadonlyMap<number, NodeError>,
): Ending {
	const bareKeys = (creation: Creation): IDataObject[] => {
		const { itemIndex: item, outcome, order, sentName: name } = creation;
		if (outcome.kind !== 'issued' && outcome.kind !== 'unknown') return [];
		const { found, off } = outcome;
		const told = outcome.kind === 'issued' ? outcome.id : outcome.toldId;
		const listed = isFound(found) ? found.candidates.map(({ id }) => id) : [];
		const ids = told === undefined ? listed : [told];
		const made = outcome.kind === 'issued' && outcome.handedOver ? 'handed_over' : 'live';
		const open = outcome.kind === 'issued' ? made : ids.length > 0 ? 'candidate' : 'may_exist';
		const state = off === 'done' ? 'switched_off' : open;
		return (ids.length > 0 ? ids : [null]).map((id) => ({ item, id, name, ...order.owner, state }));
	};
	const errorOf = (itemIndex: number, keys: IDataObject[]) =>
		apiError(
			context.getNode(),
			itemIndex,
			{
				message: 'Something went wrong in this node after API keys were requested',
				found: `The keys concerned: ${listIds(keys.flatMap(({ id }) => (typeof id === 'number' ? id : [])))}.`,
				advice: 'Nothing was sent a second time. Look for these keys at DigiCert, and report this.',
			},
			[],
			keys,
		);
	const [start] = creations;
	if (stopOnFailure && start !== undefined) {
		return errorOf(start.itemIndex, creations.flatMap(bareKeys));
	}
	const items = new Map<number, INodeExecutionData>();
	for (const [item, error] of failed) items.set(item, failedItem(item, error));
	for (const creation of creations) {
		const { itemIndex: item, outcome } = creation;
		const made = isDelivered(creation) && outcome.kind === 'issued' ? outcome.output : undefined;
		const output = outcome.kind === 'skipped' ? outcome.record : made;
		items.set(
			item,
			output === undefined
				? failedItem(item, errorOf(item, bareKeys(creation)))
				: { json: output, pairedItem: { item } },
		);
	}
	return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}
