import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { isRecord } from '../values';
import { checkChoice, refuserOf } from './refuse';
import type { Refuse } from './refuse';

/** Where the keys go: the output of the node, or a sub-workflow that stores them. */
export const deliverToField: INodeProperties = {
	displayName: 'Deliver To',
	name: 'deliverTo',
	type: 'options',
	options: [
		{
			name: 'Output of This Node',
			value: 'output',
			description: 'The next step gets the API key',
		},
		{
			name: 'Sub-Workflow',
			value: 'workflow',
			description: 'A workflow of yours stores the API key, and this output does not hold it',
		},
	],
	default: 'output',
	description: 'Where the API key goes',
};

const WITH_WORKFLOW = { show: { deliverTo: ['workflow'] } };

/** The sub-workflow that takes keys over. */
export const handOverWorkflowField: INodeProperties = {
	displayName: 'Workflow',
	name: 'handOverWorkflow',
	type: 'workflowSelector',
	required: true,
	default: '',
	displayOptions: WITH_WORKFLOW,
	description:
		'Called once for each API key, with one item: what this node would put out. It has to store the key, and should read it back. It must end with at least one item, and must not wait.',
	hint: "Its own settings decide whether n8n keeps a copy of the key in that workflow's executions",
};

const AFTER_HAND_OVER: INodeProperties = {
	displayName: 'After Hand-Over',
	name: 'afterHandOver',
	type: 'options',
	options: [
		{ name: 'Keep Old Key', value: 'keepOld', description: 'A later step switches it off' },
		{
			name: 'Switch Off Old Key',
			value: 'switchOffOld',
			description: 'Once the sub-workflow has ended well, and Verify, if on, too',
		},
	],
	default: 'switchOffOld',
	displayOptions: WITH_WORKFLOW,
	description: 'What happens to the old API key once the new one is stored',
};

function handOverFailedField(keep: string, label: string, usual: string): INodeProperties {
	return {
		displayName: 'If Hand-Over Fails',
		name: 'handOverFailed',
		type: 'options',
		options: [
			{ name: label, value: keep, description: 'The sub-workflow may have stored it all the same' },
			{
				name: 'Switch Off New Key',
				value: 'switchOffNew',
				description: 'What the sub-workflow may have stored does not work then',
			},
		],
		default: usual,
		displayOptions: WITH_WORKFLOW,
		description: 'What happens to the new API key when the sub-workflow does not end well',
	};
}

const CREATION_FAILED = handOverFailedField('keepNew', 'Keep New Key', 'switchOffNew');
const ROTATION_FAILED = handOverFailedField('keepBoth', 'Keep Both Keys', 'keepBoth');

/** The form of hand-over for operations that create a key. */
export const handOverFields: readonly INodeProperties[] = [
	deliverToField,
	handOverWorkflowField,
	CREATION_FAILED,
];

/** The form of hand-over for operations that replace a key. */
export const rotationHandOverFields: readonly INodeProperties[] = [
	deliverToField,
	handOverWorkflowField,
	AFTER_HAND_OVER,
	ROTATION_FAILED,
];

/** What is to be done with a key that goes to a sub-workflow. */
export interface HandOver {
	readonly workflowId: string;
	/** Whether the new key stays when the sub-workflow does not end well. */
	readonly keepOnFailure: boolean;
	/** Whether the key that it replaces is switched off once it has ended well. */
	readonly switchOffOld: boolean;
}

function readWorkflowId(context: IExecuteFunctions, itemIndex: number, refuse: Refuse): string {
	const { name, displayName } = handOverWorkflowField;
	const given: unknown = context.getNodeParameter(name, itemIndex, '');
	const value = isRecord(given) ? given.value : given;
	const id = typeof value === 'number' ? String(value) : value;
	if (typeof id === 'string' && id.trim() !== '') {
		// Where n8n would begin in it, and so whether that leads here, a node cannot tell (n8n.md 3.1).
		if (id.trim() !== context.getWorkflow().id) return id.trim();
		throw refuse(
			`'${displayName}' is this workflow itself`,
			'Each key could create another one. Choose a workflow that only stores the API key.',
		);
	}
	const isEmpty = id === undefined || id === null || typeof id === 'string';
	throw refuse(
		isEmpty ? `'${displayName}' is empty` : `'${displayName}' is not the ID of a workflow`,
		"Choose the workflow that stores the API key, or set 'Deliver To' to 'Output of This Node'.",
	);
}

/** Reads where an item's key goes; undefined for the node's own output. */
export function readHandOver(
	context: IExecuteFunctions,
	itemIndex: number,
	fields: readonly INodeProperties[],
): HandOver | undefined {
	const refuse = refuserOf(context, itemIndex);
	function read({ name, displayName, default: usual }: INodeProperties, ...values: string[]) {
		const value = context.getNodeParameter(name, itemIndex, usual);
		return checkChoice(refuse, displayName, value, values);
	}
	if (read(deliverToField, 'output', 'workflow') === 'output') return undefined;
	const isRotation = fields.includes(AFTER_HAND_OVER);
	return {
		workflowId: readWorkflowId(context, itemIndex, refuse),
		keepOnFailure: isRotation
			? read(ROTATION_FAILED, 'keepBoth', 'switchOffNew') === 'keepBoth'
			: read(CREATION_FAILED, 'keepNew', 'switchOffNew') === 'keepNew',
		switchOffOld: isRotation && read(AFTER_HAND_OVER, 'keepOld', 'switchOffOld') === 'switchOffOld',
	};
}
