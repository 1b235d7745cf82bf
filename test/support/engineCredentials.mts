import type { Credentials as StoredData } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	IWorkflowExecuteAdditionalData,
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
 * Keeps credentials the way n8n does: encrypted by n8n's own cipher, decrypted for each request,
 * and applied by the credential type's own `authenticate`.
 */
export class EngineCredentials extends ICredentialsHelper {
	readonly types: Record<string, CredentialType>;
	readonly #stored = new Map<string, StoredData>();

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
		const id = String(this.#stored.size + 1);
		const credentials = new Credentials({ id, name: type }, type);
		// Before anything is waited for: another one may be stored meanwhile.
		this.#stored.set(id, credentials);
		await credentials.setData({ ...defaults, ...data });
		return { id, name: type };
	}

	getCredentials(details: INodeCredentialsDetails): Promise<StoredData> {
		return Promise.resolve(this.#storedFor(details));
	}

	/** The fields of a stored credential. The first argument is n8n's, and is not looked at. */
	async getDecrypted(
		_: IWorkflowExecuteAdditionalData | undefined,
		details: INodeCredentialsDetails,
	): Promise<ICredentialDataDecryptedObject> {
		return await this.#storedFor(details).getData();
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
