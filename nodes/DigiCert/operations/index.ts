import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData, IWorkflowDataProxyData } from 'n8n-workflow';

import { certCentral, partner } from '../digicert/apis';
import { failedItem, inputError, toNodeError } from '../errors/nodeErrors';
import { stopsOnFailure } from '../run';
import type { ResourceTable } from './describe';
import { createServiceUser } from './serviceUser/create.operation';
import { getManyServiceUsers } from './serviceUser/getMany.operation';
import { createSubaccount } from './subaccount/create.operation';
import { activateSubaccountApiKey } from './subaccountApiKey/activate.operation';
import { createSubaccountApiKey } from './subaccountApiKey/create.operation';
import { deactivateSubaccountApiKey } from './subaccountApiKey/deactivate.operation';
import { getSubaccountApiKey } from './subaccountApiKey/get.operation';
import { getManySubaccountApiKeys } from './subaccountApiKey/getMany.operation';
import { rotateSubaccountApiKey } from './subaccountApiKey/rotate.operation';
import { getUser } from './user/get.operation';
import { getManyUsers } from './user/getMany.operation';
import { createUserApiKey } from './userApiKey/create.operation';
import { getUserApiKey } from './userApiKey/get.operation';
import { getManyUserApiKeys } from './userApiKey/getMany.operation';
import { reactivateUserApiKey } from './userApiKey/reactivate.operation';
import { revokeUserApiKey } from './userApiKey/revoke.operation';
import { rotateUserApiKey } from './userApiKey/rotate.operation';
import { updateUserApiKey } from './userApiKey/update.operation';

/**
 * Everything the node can do. Dropdowns, display conditions, credentials, subtitle and dispatch
 * are derived from this table. The keys are stored in workflows: never rename one.
 */
export const resources: ResourceTable = {
	serviceUser: {
		name: 'Service User',
		api: certCentral,
		operations: { create: createServiceUser, getMany: getManyServiceUsers },
	},
	subaccount: {
		name: 'Subaccount',
		api: partner,
		operations: { create: createSubaccount },
	},
	subaccountApiKey: {
		name: 'Subaccount API Key',
		api: partner,
		operations: {
			activate: activateSubaccountApiKey,
			create: createSubaccountApiKey,
			deactivate: deactivateSubaccountApiKey,
			get: getSubaccountApiKey,
			getMany: getManySubaccountApiKeys,
			rotate: rotateSubaccountApiKey,
		},
	},
	user: {
		name: 'User',
		api: certCentral,
		operations: { get: getUser, getMany: getManyUsers },
	},
	userApiKey: {
		name: 'User API Key',
		api: certCentral,
		operations: {
			create: createUserApiKey,
			get: getUserApiKey,
			getMany: getManyUserApiKeys,
			reactivate: reactivateUserApiKey,
			revoke: revokeUserApiKey,
			rotate: rotateUserApiKey,
			update: updateUserApiKey,
		},
	},
};

/** A table's own entry: a name such as `toString` is none. */
function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

async function perform(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const resource = context.getNodeParameter('resource', 0);
	// n8n hides it for a resource that does not exist.
	const operation = context.getNodeParameter('operation', 0, '');
	const definition = entryOf(entryOf(resources, resource)?.operations ?? {}, operation);
	if (definition !== undefined) return await definition.execute(context);
	throw inputError(
		context.getNode(),
		undefined,
		`There is no operation '${operation}' of the resource '${resource}'`,
		"Choose the operation again in the node's parameters.",
	);
}

/**
 * The items as n8n can handle them. For an error output, it looks up the input of each failed item,
 * and where that throws it takes the whole node for failed: the input items leave as successes, or
 * the node runs again (measured, n8n.md 1.4). Such an item goes out unpaired: n8n looks
 * nothing up for it.
 */
function withoutBrokenPairs(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
): INodeExecutionData[] {
	let proxy: IWorkflowDataProxyData | undefined;
	function isBroken({ error, pairedItem }: INodeExecutionData): boolean {
		if (error === undefined || typeof pairedItem !== 'object' || Array.isArray(pairedItem)) {
			return false;
		}
		try {
			const source = context.getInputSourceData();
			proxy ??= context.getWorkflowDataProxy(0);
			proxy.$getPairedItem(source.previousNode, source, pairedItem);
			return false;
		} catch {
			return true;
		}
	}
	return items.map((item) => (isBroken(item) ? { ...item, pairedItem: undefined } : item));
}

/**
 * Runs the chosen operation on all input items.
 *
 * @throws a node error when the node is to stop. Otherwise nothing is thrown, ever: with an error
 *   output, n8n would put the input items out as successes (measured, n8n.md 1.4)
 */
export async function dispatch(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let stops = false;
	let hasErrorOutput = false;
	const toOutput = (items: INodeExecutionData[]) => [
		hasErrorOutput ? withoutBrokenPairs(context, items) : items,
	];
	try {
		stops = stopsOnFailure(context);
		hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
		return toOutput(await perform(context));
	} catch (error) {
		// One that names the keys of a run goes on as it is: nothing that might throw touches it.
		const nodeError =
			error instanceof NodeApiError ? error : toNodeError(context.getNode(), undefined, error);
		if (stops) throw nodeError;
		return toOutput(context.getInputData().map((_, item) => failedItem(item, nodeError)));
	}
}
