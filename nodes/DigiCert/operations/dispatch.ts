import { NodeApiError } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failedItem, inputError, toNodeError } from '../errors/nodeErrors';
import { stopsOnFailure } from '../run';
import { resources } from './index';

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
 * Runs the chosen operation on all input items.
 *
 * @throws a node error when the node is to stop. Otherwise nothing is thrown, ever: with an error
 *   output, n8n would put the input items out as successes (measured, n8n.md 1.4)
 */
export async function dispatch(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let stops = false;
	try {
		stops = stopsOnFailure(context);
		return [await perform(context)];
	} catch (error) {
		// One that names the keys of a run goes on as it is: nothing that might throw touches it.
		const nodeError =
			error instanceof NodeApiError ? error : toNodeError(context.getNode(), undefined, error);
		if (stops) throw nodeError;
		return [context.getInputData().map((_, item) => failedItem(item, nodeError))];
	}
}
