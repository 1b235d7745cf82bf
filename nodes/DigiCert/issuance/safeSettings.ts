import type { IExecuteFunctions } from 'n8n-workflow';

import { inputError } from '../errors/nodeErrors';
import { deliverToField, handOverWorkflowField } from '../parameters/handOver';
import { recipientPublicKeyField } from '../parameters/issuance';
import { isToolCall, stopsOnFailure } from '../run';
import { textsIn } from '../values';

/**
 * For a node that stops on an error: there, Retry On Fail runs the whole node again
 * and would create every key of the run a second time; a node has no way to tell n8n not to
 * (measured, n8n.md 1.5).
 */
function refuseRetryOnFail(context: IExecuteFunctions): void {
	const node = context.getNode();
	if (node.retryOnFail !== true) return;
	if (isToolCall(context)) {
		throw inputError(
			node,
			undefined,
			"'Retry On Fail' cannot be used for an AI tool that creates API keys. Nothing was created",
			"n8n would create keys a second time. In the tool's settings, turn off 'Retry On Fail'.",
		);
	}
	throw inputError(
		node,
		undefined,
		"'Retry On Fail' cannot be used together with 'Stop Workflow' when API keys are created",
		"n8n would run the whole node again and create keys a second time. In the node's settings, turn off 'Retry On Fail', or set 'On Error' to 'Continue (using error output)'. The node itself waits and repeats when DigiCert's rate limit is reached. Nothing was sent.",
	);
}

/** What an expression may use that a model has no hand in: `$('Node')` and n8n's variables. */
const AUTHORS_OWN = /\$(\(|vars\b)/g;

/**
 * Whether a model could have a hand in a parameter of a tool call. `$fromAI` is not its only way:
 * the engine lays what the model sends over the item, so `$json` and all that reads the item give
 * the model's values as well.
 *
 * @param parameter its name; `options.<name>` for an option
 */
function modelCanSet(context: IExecuteFunctions, parameter: string): boolean {
	const raw: unknown = context.getNodeParameter(parameter, 0, '', { rawExpressions: true });
	return textsIn(raw).some(
		// n8n finds expressions at any depth. A backslash can write a `$` in other words.
		(text) => text.startsWith('=') && /[$\\]/.test(text.replace(AUTHORS_OWN, '')),
	);
}

/**
 * Whether the key goes to a sub-workflow that the author of the workflow chose: the model gets to
 * see neither the key nor a choice.
 */
function goesToAuthorsWorkflow(context: IExecuteFunctions): boolean {
	const names = [deliverToField.name, handOverWorkflowField.name];
	const isOpen = names.some((name) => modelCanSet(context, name));
	return !isOpen && context.getNodeParameter(deliverToField.name, 0, 'output') === 'workflow';
}

/**
 * For a call by an AI model, which must never see a key: the author of the workflow has to say
 * whom it is encrypted to. The message says all, because a model gets nothing else.
 *
 * @throws NodeOperationError when the recipient is missing, or is one that the model could choose
 */
function requireAuthorsRecipient(context: IExecuteFunctions): void {
	if (!isToolCall(context) || goesToAuthorsWorkflow(context)) return;
	const { name, displayName } = recipientPublicKeyField;
	const refuse = (fault: string) =>
		inputError(
			context.getNode(),
			undefined,
			`As an AI tool, this operation ${fault}. Nothing was created`,
			`Otherwise the model could see the API key. In the tool's 'Options', set '${displayName}' to a fixed text, or take it from a node, such as {{ $('Webhook').item.json.body.public_key }}. Or set 'Deliver To' to a sub-workflow of your choice, which stores the key.`,
		);
	if (!(name in context.getNodeParameter('options', 0))) {
		throw refuse(`needs '${displayName}' in its options, set by the author of the workflow`);
	}
	if (modelCanSet(context, `options.${name}`)) {
		throw refuse(`takes '${displayName}' from the author of the workflow, not from the model`);
	}
}

/** Refuses settings under which creating keys is not safe, before anything is sent. */
export function refuseUnsafeSettings(context: IExecuteFunctions): void {
	if (stopsOnFailure(context)) refuseRetryOnFail(context);
	requireAuthorsRecipient(context);
}
