'use strict';

const { until } = require('../wait');
const { signIn } = require('./session');

/** As many executions as n8n gives at once. */
const PAGE = 100;
const FINISHED = ['success', 'error', 'crashed', 'canceled'];

/**
 * @typedef {import('./session').Answer} Answer
 * @typedef {{ id: string, name: string, type: string }} StoredCredential
 * @typedef {{ id: string, status: string, data: any }} Execution `data` is n8n's record of the run
 *
 * @typedef {Awaited<ReturnType<typeof connect>>} Client
 */

/**
 * Sets up the owner of a fresh n8n, and gives what one can do in it.
 *
 * @param {string} url of n8n
 */
async function connect(url) {
	const { call, rest } = await signIn(url);
	// It has types for ES modules only.
	const flatted = await import('flatted');

	return {
		url,
		call,
		rest,

		/** @param {string} type @param {string} name @param {object} data @returns {Promise<StoredCredential>} */
		async storeCredential(type, name, data) {
			// The editor fills this field in for every credential that HTTP Request can use.
			const all = { allowedHttpRequestDomains: 'all', ...data };
			const { id } = await rest('POST', '/credentials', { name, type, data: all });
			return { id, name, type };
		},

		/**
		 * What the editor shows after a credential was saved.
		 *
		 * @param {StoredCredential} credential
		 * @param {object} data
		 * @returns {Promise<{ status: 'OK' | 'Error', message: string }>}
		 */
		async testCredential(credential, data) {
			return await rest('POST', '/credentials/test', { credentials: { ...credential, data } });
		},

		/** @param {object} workflow @returns {Promise<any>} it as n8n stored it */
		async saveWorkflow(workflow) {
			return await rest('POST', '/workflows', workflow);
		},

		/** Switches its triggers on. @param {{ id: string, versionId: string }} workflow */
		async activate({ id, versionId }) {
			const version = { versionId, name: 'e2e', description: '' };
			await rest('POST', `/workflows/${id}/activate`, version);
		},

		/** @param {{ id: string }} workflow */
		async deactivate({ id }) {
			await rest('POST', `/workflows/${id}/deactivate`, {});
		},

		/**
		 * Calls a production webhook. n8n answers 404 for a while after the activation, so only a
		 * first call should wait.
		 *
		 * @param {string} path
		 * @param {object} body
		 * @returns {Promise<Answer>}
		 */
		async callWebhook(path, body) {
			return await until(`webhook ${path}`, async () => {
				const answer = await call('POST', `/webhook/${path}`, body);
				return answer.status === 404 ? undefined : answer;
			});
		},

		/**
		 * Runs a workflow like **Execute workflow** in the editor.
		 *
		 * @param {any} workflow as stored
		 * @param {string} trigger name of the node it starts from
		 * @returns {Promise<string>} the execution's id
		 */
		async runByHand(workflow, trigger) {
			const { executionId } = await rest('POST', `/workflows/${workflow.id}/run`, {
				workflowData: workflow,
				startNodes: [],
				triggerToStartFrom: { name: trigger },
			});
			return executionId;
		},

		/** @param {{ id: string }} workflow @returns {Promise<Array<{ id: string, status: string }>>} newest first */
		async executionsOf({ id }) {
			const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
			const found = [];
			for (let lastId = ''; ; ) {
				const page = `/executions?limit=${PAGE}&filter=${filter}${lastId && `&lastId=${lastId}`}`;
				const { results } = await rest('GET', page);
				found.push(...results);
				if (results.length < PAGE) return found;
				lastId = results.at(-1).id;
			}
		},

		/**
		 * Waits for an execution to end.
		 *
		 * @param {string} id
		 * @returns {Promise<Execution | undefined>} undefined when n8n kept nothing of it
		 */
		async finished(id) {
			const found = await until(`execution ${id}`, async () => {
				const { body } = await call('GET', `/rest/executions/${id}`);
				// What n8n says of an execution that it did not keep.
				if (body.data === undefined) return { gone: true };
				const { status, data } = body.data;
				if (!FINISHED.includes(status)) return undefined;
				return { id, status, data: flatted.parse(data) };
			});
			return 'gone' in found ? undefined : found;
		},
	};
}

/**
 * The items that a node put out.
 *
 * @param {Execution} execution
 * @param {string} node
 * @param {number} [output] 1 is the error output
 * @returns {any[]} their json
 */
function itemsOf(execution, node, output = 0) {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap((/** @type {any} */ run) =>
		(run.data?.main?.[output] ?? []).map((/** @type {any} */ item) => item.json),
	);
}

module.exports = { connect, itemsOf };
