'use strict';

const { Credentials } = require('n8n-core');
const { ICredentialsHelper } = require('n8n-workflow');

/**
 * Keeps credentials the way n8n does: encrypted by n8n's own cipher, decrypted for each request,
 * and applied by the credential type's own `authenticate`.
 */
class EngineCredentials extends ICredentialsHelper {
	/** @param {Record<string, any>} types credential types by name */
	constructor(types) {
		super();
		this.types = types;
		/** @type {Map<string, any>} */
		this.stored = new Map();
		this.lastId = 0;
	}

	/**
	 * Stores a credential, with the defaults of its type for fields that are left out.
	 *
	 * @param {string} type
	 * @param {Record<string, any>} data
	 * @returns {Promise<{ id: string, name: string }>} what a workflow names it by
	 */
	async store(type, data) {
		const defaults = this.types[type].properties.map((/** @type {any} */ field) => [
			field.name,
			field.default,
		]);
		this.lastId += 1;
		const id = String(this.lastId);
		const credentials = new Credentials({ id, name: type }, type);
		await credentials.setData({ ...Object.fromEntries(defaults), ...data });
		this.stored.set(id, credentials);
		return { id, name: type };
	}

	/** @param {any} nodeCredentials */
	async getCredentials(nodeCredentials) {
		return this.stored.get(nodeCredentials.id);
	}

	/** @param {any} _data @param {any} nodeCredentials @returns {Promise<any>} */
	async getDecrypted(_data, nodeCredentials) {
		return await this.stored.get(nodeCredentials.id).getData();
	}

	/** @param {any} credentials @param {string} typeName @param {any} request @returns {Promise<any>} */
	async authenticate(credentials, typeName, request) {
		return await this.types[typeName].authenticate(credentials, request);
	}

	isCredentialUsableByNode() {
		return true;
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	getParentTypes() {
		return [];
	}

	getCredentialsProperties(/** @type {string} */ type) {
		return this.types[type].properties;
	}

	async updateCredentials() {
		throw new Error('No test changes a credential');
	}

	async updateCredentialsOauthTokenData() {
		throw new Error('No test uses OAuth');
	}
}

module.exports = { EngineCredentials };
