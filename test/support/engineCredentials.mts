import type { Credentials as StoredData } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialsExpressionResolveValues,
	ICredentialType,
	IExecuteData,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { Credentials, ICredentialsHelper } from './n8n.mts';
import { present } from './read.mts';

/** What a workflow names a stored credential by. */
export interface StoredCredential {
	id: string;
	name: string;
}

/** A credential type with all that a request needs of it. */
export type CredentialType = Pick<ICredentialType, 'authenticate' | 'properties' | 'test'>;

/**
 * Keeps credentials the way n8n does: encrypted and decrypted by n8n's own cipher, and applied by
 * the credential type's own `authenticate`. Each is decrypted once: deriving the key for every
 * request is a twentieth of the tests' work.
 */
export class EngineCredentials extends ICredentialsHelper {
	readonly types: Record<string, CredentialType>;
	readonly #stored = new Map<string, StoredData>();
	readonly #decrypted = new WeakMap<StoredData, ICredentialDataDecryptedObject>();
	/** What is stored already, by its type and fields. */
	readonly #known = new Map<string, StoredCredential>();

	/** @param types credential types by name */
	constructor(types: Record<string, CredentialType>) {
		super();
		this.types = types;
	}

	typeNamed(name: string): CredentialType {
		return present(this.types[name], `The credential type ${name}`);
	}

	/** Stores a credential, with the defaults of its type for fields that are left out. */
	async store(type: string, data: object): Promise<StoredCredential> {
		const defaults: ICredentialDataDecryptedObject = {};
		for (const field of this.typeNamed(type).properties) {
			if (typeof field.default !== 'function')
				Object.assign(defaults, { [field.name]: field.default });
		}
		const fields = { ...defaults, ...data };
		const content = JSON.stringify([type, fields]);
		const known = this.#known.get(content);
		if (known !== undefined) return known;
		const id = String(this.#stored.size + 1);
		const credentials = new Credentials({ id, name: type }, type);
		// Before anything is waited for: another one may be stored meanwhile.
		this.#stored.set(id, credentials);
		await credentials.setData(fields);
		const stored = { id, name: type };
		this.#known.set(content, stored);
		return stored;
	}

	getCredentials(details: INodeCredentialsDetails): Promise<StoredData> {
		return Promise.resolve(this.#storedFor(details));
	}

	/**
	 * The fields of a stored credential, their expressions as the item gives them. The other
	 * arguments are n8n's, and are not looked at.
	 */
	async getDecrypted(
		_: IWorkflowExecuteAdditionalData | undefined,
		details: INodeCredentialsDetails,
		_type?: string,
		mode: WorkflowExecuteMode = 'manual',
		executeData?: IExecuteData,
		_raw?: boolean,
		values?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.#storedFor(details);
		const fields = this.#decrypted.get(stored) ?? (await stored.getData());
		this.#decrypted.set(stored, fields);
		if (values === undefined) return { ...fields };
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = values;
		const resolved: ICredentialDataDecryptedObject = {};
		for (const [field, value] of Object.entries(fields)) {
			const isExpression = typeof value === 'string' && value.startsWith('=');
			const given = isExpression
				? workflow.expression.getParameterValue(
						value,
						runExecutionData,
						runIndex,
						itemIndex,
						node.name,
						connectionInputData,
						mode,
						{},
						executeData,
					)
				: value;
			Object.assign(resolved, { [field]: given });
		}
		return resolved;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeNamed(typeName);
		if (typeof authenticate !== 'function') throw new Error(`${typeName} sets no header itself`);
		return await authenticate(credentials, request);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	preAuthentication(): Promise<undefined> {
		return Promise.resolve(undefined);
	}

	runPreAuthentication(): Promise<undefined> {
		return Promise.resolve(undefined);
	}

	getParentTypes(): string[] {
		return [];
	}

	getCredentialsProperties(type: string): CredentialType['properties'] {
		return this.typeNamed(type).properties;
	}

	updateCredentials(): Promise<void> {
		return Promise.reject(new Error('No test changes a credential'));
	}

	updateCredentialsOauthTokenData(): Promise<void> {
		return Promise.reject(new Error('No test uses OAuth'));
	}

	#storedFor({ id, name }: INodeCredentialsDetails): StoredData {
		return present(this.#stored.get(id ?? ''), `The credential ${name}`);
	}
}
