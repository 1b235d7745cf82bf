'use strict';

/** @param {any} parameters of one item @returns {string | undefined} */
function credentialTypeOf({ authentication, genericAuthType, nodeCredentialType }) {
	if (authentication === 'genericCredentialType') return genericAuthType;
	return authentication === 'predefinedCredentialType' ? nodeCredentialType : undefined;
}

/** @param {any} parameters of one item */
function requestOf({ method, url, sendHeaders, headerParameters, sendBody, jsonBody, options }) {
	const headers = sendHeaders ? headerParameters.parameters : [];
	return {
		method,
		url,
		headers: Object.fromEntries(headers.map((/** @type {any} */ { name, value }) => [name, value])),
		...(sendBody ? { body: JSON.parse(jsonBody) } : {}),
		json: true,
		timeout: options.timeout,
		disableFollowRedirect: options.redirect?.redirect.followRedirects === false,
		returnFullResponse: options.response?.response.fullResponse,
		ignoreHttpStatusErrors: options.response?.response.neverError,
	};
}

/** @param {any} answer @param {any} options */
function itemOf(answer, { response }) {
	const { body, headers, statusCode } = answer ?? {};
	if (response?.response.fullResponse === true) return { body, headers, statusCode };
	return typeof answer === 'object' ? answer : { data: answer };
}

/**
 * HTTP Request: one request for each item. A failed one becomes an item with `error` alone, which
 * is how n8n knows it for the error output. @this {any}
 */
async function httpRequest() {
	const names = ['method', 'url', 'authentication', 'genericAuthType', 'nodeCredentialType'];
	names.push('sendHeaders', 'headerParameters', 'sendBody', 'jsonBody', 'options');
	const items = [];
	for (const item of this.getInputData().keys()) {
		const parameters = Object.fromEntries(
			names.map((name) => [name, this.getNodeParameter(name, item)]),
		);
		const type = credentialTypeOf(parameters);
		const request = requestOf(parameters);
		try {
			const answer =
				type === undefined
					? await this.helpers.httpRequest(request)
					: await this.helpers.httpRequestWithAuthentication.call(this, type, request);
			items.push({ json: itemOf(answer, parameters.options), pairedItem: { item } });
		} catch (error) {
			if (!this.continueOnFail()) throw error;
			const { message } = /** @type {Error} */ (error);
			items.push({ json: { error: { message } }, pairedItem: { item } });
		}
	}
	return [items];
}

module.exports = { httpRequest };
