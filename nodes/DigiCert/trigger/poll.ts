import { randomUUID } from 'node:crypto';

import { UserError } from 'n8n-workflow';
import type { INode, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { toNodeError } from '../errors/nodeErrors';
import type { NodeError } from '../errors/nodeErrors';
import { compare } from './compare';
import type { ListedKey, TriggerEvent, TriggerSettings } from './events';
import { readSettings } from './parameters';
import { incompleteList, readKeys } from './readKeys';
import { sampleOf } from './sample';
import { readState } from './state';

/** A name for this process. */
const PROCESS = randomUUID().slice(0, 8);

/** What n8n's own change flag is called: state that has it is saved apart from the execution. */
const CHANGE_FLAG = '__dataChanged';

function toItems(events: readonly TriggerEvent[]): INodeExecutionData[][] {
	return [events.map((json) => ({ json }))];
}

/** A credential that cannot be used is for people to mend, like a setting. */
function toPollError(node: INode, error: unknown): NodeError {
	const nodeError = toNodeError(node, undefined, error);
	if (error instanceof UserError) nodeError.failure = { cause: 'configuration-invalid' };
	return nodeError;
}

async function readWholeList(
	context: IPollFunctions,
	{ watch }: TriggerSettings,
): Promise<ListedKey[]> {
	const { keys, isComplete } = await readKeys(context, watch);
	if (!isComplete) {
		throw incompleteList(
			'It tells a higher number of keys than it lists, or has an entry that cannot be read.',
		);
	}
	// The key with which the list is read is one of the account's, so an empty one cannot be right.
	if (keys.length === 0) {
		throw incompleteList('The list is empty, though the key of the credential belongs in it.');
	}
	return keys;
}

async function pollOnce(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const settings = readSettings(context);
	if (context.getMode() === 'manual') {
		return toItems(sampleOf(await readWholeList(context, settings), settings));
	}
	const before = readState(context.getWorkflowStaticData('node').state);
	const keys = await readWholeList(context, settings);

	const { state, events } = await compare(before, keys, settings, {
		now: new Date(),
		process: PROCESS,
		savedApart: CHANGE_FLAG in context.getWorkflowStaticData('node'),
	});

	// From here on nothing waits: n8n lets polls of a node overlap, and they share the state.
	const data = context.getWorkflowStaticData('node');
	// Another poll was faster, and this list may be older than what it has seen. The next one sees all.
	if (readState(data.state)?.revision !== before?.revision) return null;
	// Assigned anew and whole, because n8n sees no change inside of it.
	if (state !== before) data.state = state;
	return events.length === 0 ? null : toItems(events);
}

/**
 * One poll: reads the list of keys once, compares it with the state, and reports what happened.
 * The state is written last, so that a poll that throws leaves it as it was.
 *
 * @returns null when there is nothing to report
 * @throws a node error, with `failure` where the answer proves a cause, so that n8n waits longer
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return await pollOnce(context);
	} catch (error) {
		throw toPollError(context.getNode(), error);
	}
}
