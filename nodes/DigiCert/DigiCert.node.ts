import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

import { DOCS } from './digicert/apis';
import { listSearch } from './methods/listSearch';
import { dispatch, resources } from './operations';
import {
	describeCredentials,
	describeHints,
	describeProperties,
	describeSubtitle,
} from './operations/describe';

/** What n8n proposes as the description of the node as an AI tool: it is a model that reads it. */
const FOR_MODELS =
	"Works with DigiCert API keys. Depending on how it is set up, it lists or inspects keys, users and service users, changes a key's name or role restriction, switches a key off or on, or creates or rotates a key. Keys, users and subaccounts are given by numeric ID, which the lists tell. The value of a new key comes back encrypted as api_key_jwe, to be passed on unchanged, or not at all where a sub-workflow stores it. If a call that creates a key fails, do not repeat it: report the error.";

/** For n8n's AI workflow builder. */
const FOR_BUILDERS =
	'Creates, rotates and switches off DigiCert API keys. Never turn on Retry On Fail: set On Error to continueErrorOutput and connect the error output. Store a new key in the very next node, or set Deliver To to a sub-workflow that stores it. After a rotation with output, switch the old key off by replaces.id.';

/** Creates DigiCert API keys and hands them on as JSON. What it can do is in `operations/index.ts`. */
export class DigiCert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'DigiCert',
		name: 'digiCert',
		icon: { light: 'file:../../icons/digicert.svg', dark: 'file:../../icons/digicert.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: describeSubtitle(resources),
		description: 'Create, find, rotate and switch off DigiCert API keys of users and subaccounts',
		defaults: { name: 'DigiCert' },
		documentationUrl: `${DOCS}/options.md`,
		builderHint: { searchHint: FOR_BUILDERS },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: { replacements: { description: FOR_MODELS } },
		credentials: describeCredentials(resources),
		hints: describeHints(resources),
		properties: describeProperties(resources),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await dispatch(this);
	}
}
