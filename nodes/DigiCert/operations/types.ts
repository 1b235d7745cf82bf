import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { DigiCertApi } from '../digicert/apis';

/** One operation: a form for the user, and what it does. */
export interface OperationDefinition {
	/** Label in the operation list, Title Case, with the object in it. */
	readonly name: string;
	/** Entry in n8n's nodes panel, sentence case. */
	readonly action: string;
	readonly description: string;
	/** What the editor says beside the form before the operation runs, where a user has to know it. */
	readonly hint?: string;
	/** The form, without display conditions: they follow from the operation's place in the table. */
	readonly fields: readonly INodeProperties[];
	/**
	 * Handles all input items, and gives output items in their order, each paired with its own.
	 * Throws a node error to stop the workflow; never throws when the user chose to continue.
	 */
	readonly execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[]>;
}

/** A kind of DigiCert object. Its key in the table is what saved workflows hold. */
export interface ResourceDefinition {
	readonly name: string;
	/** The API it lives in, which decides the credential. */
	readonly api: DigiCertApi;
	/** By the value that saved workflows hold. */
	readonly operations: Readonly<Record<string, OperationDefinition>>;
}

export type ResourceTable = Readonly<Record<string, ResourceDefinition>>;
