'use strict';

const assert = require('node:assert/strict');

const { openLab } = require('../lab');
const { installN8n } = require('../toolchain/n8n');
const { checkCredentials } = require('./product/credentials');
const { checkExamples } = require('./product/examples');
const { checkFailures } = require('./product/failures');
const { checkTriggers } = require('./product/triggers');

/** @typedef {import('../lab').Lab} Lab */

/** @param {Lab} lab */
async function expectPackageLoaded({ client }) {
	const types = async (/** @type {string} */ kind) => {
		const { body } = await client.call('GET', `/types/${kind}.json`);
		return /** @type {any[]} */ (body);
	};
	const node = (await types('nodes')).find(({ name }) => name === 'n8n-nodes-digicert.digiCert');
	assert.equal(node?.displayName, 'DigiCert');
	const credentials = (await types('credentials')).map(({ name }) => name);
	assert.ok(credentials.includes('digiCertCertCentralApi'));
	assert.ok(credentials.includes('digiCertPartnerApi'));
}

/** Neither an admin key nor a created one is in what n8n printed. @param {Lab} lab */
function expectLogWithoutKeys({ n8n, data, issuedKeys }) {
	const log = n8n.process.log();
	const keys = [data.certCentral.apiKey, data.partner.apiKey, ...issuedKeys()];
	assert.equal(keys.filter((key) => log.includes(key)).length, 0);
}

/**
 * The package in one version of n8n, without its editor.
 *
 * @param {import('../report').Report} report
 * @param {import('../toolchain/releases').Release} release
 */
async function runProduct({ check }, release) {
	const installed = await installN8n(release);
	const lab = await openLab(installed);
	try {
		await check('n8n loads the node and both credentials', () => expectPackageLoaded(lab));
		await checkCredentials(check, lab, release);
		await checkExamples(check, lab);
		await checkTriggers(check, lab);
		await checkFailures(check, lab);
		await check("no key is in n8n's log", () => expectLogWithoutKeys(lab));
	} finally {
		await lab.close();
	}
}

module.exports = { runProduct };
