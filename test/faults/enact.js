'use strict';

/** A plan in the terms of the sandbox and of n8n. */

const { faults } = require('../../sandbox/index.mts');
const { byId, workflowOf } = require('../support/lab');
const { FOREIGN_HOST } = require('./faultKinds');
const { recipientPublicKey } = require('./recipient');

const TYPES = { certcentral: 'digiCertCertCentralApi', partner: 'digiCertPartnerApi' };

/** @param {import('./schedule').RunPlan} plan @param {import('./stage').Stage} stage @returns {import('./runs').Ask[]} */
function asksOf({ cell, resource, items, earlierKeys }, { owners }) {
	return items.map(({ owner, name, rotates }, index) => {
		if (resource === 'serviceUser') return { owner: `user-n${index}n@email.com`, name };
		if (resource === 'subaccount') return { owner: `Customer n${index}n`, name };
		const old = rotates === undefined ? undefined : earlierKeys[rotates];
		return { owner: String(owners[cell.api][old?.owner ?? owner]), name: name || old?.name || '' };
	});
}

/**
 * @param {import('./schedule').RunPlan} plan
 * @param {string} foreignAddress
 * @returns {import('../../sandbox/index.mts').Fault[]}
 */
function faultsOf({ faults: planned }, foreignAddress) {
	const presets = /** @type {Record<string, (...args: any[]) => any>} */ (faults);
	return planned.map(({ preset, args = [], match: { path, ...match }, times }) => ({
		...presets[preset](...args.map((arg) => (arg === FOREIGN_HOST ? foreignAddress : arg))),
		match: path === undefined ? match : { ...match, path: new RegExp(path) },
		times,
	}));
}

/** @param {import('../support/engine').Engine} engine @param {import('./schedule').RunPlan} plan @param {import('./stage').Stage} stage */
async function workflowFor(engine, { cell, resource, operation, options, encrypted }, stage) {
	const type = TYPES[cell.api];
	const { baseUrl, apiKey } = stage.access[cell.api];
	const region = cell.api === 'certcentral' ? { region: 'custom' } : {};
	const credential = await engine.credentials.store(type, { apiKey, baseUrl, ...region });
	const parameters = {
		resource,
		operation,
		options: encrypted ? { ...options, recipientPublicKey } : options,
		userId: byId('={{ $json.owner }}'),
		accountId: byId('={{ $json.owner }}'),
		keyId: byId('={{ $json.key }}'),
		name: '={{ $json.name }}',
		restrictedToRoleId: 0,
		email: '={{ $json.of }}',
		containerIds: '',
		subaccountName: '={{ $json.of }}',
		emergencyContactEmails: '',
	};
	return workflowOf({ [type]: credential }, parameters, {
		onError: cell.onError,
		...(cell.retryOnFail ? { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } : {}),
	});
}

module.exports = { asksOf, faultsOf, workflowFor };
