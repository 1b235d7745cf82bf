'use strict';

const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const { startSandbox } = require('../../sandbox/index.mts');
const { connect } = require('./n8n/client');
const { startN8n } = require('./n8n/start');
const { say } = require('./report');
const { installIn, pack } = require('./toolchain/tarball');

/**
 * A running n8n with this package, a sandbox, and a credential for each API.
 *
 * @typedef {object} Lab
 * @property {import('../../sandbox/index.mts').Sandbox} sandbox
 * @property {import('./n8n/client').Client} client
 * @property {import('./n8n/start').N8nProcess} n8n
 * @property {CredentialData} data the fields of the right credentials
 * @property {{ certCentral: StoredCredential, partner: StoredCredential }} credentials
 * @property {() => string[]} issuedKeys values of all keys that were created so far
 * @property {() => Promise<void>} close
 *
 * @typedef {import('./n8n/client').StoredCredential} StoredCredential
 * @typedef {ReturnType<typeof credentialData>} CredentialData
 */

/** @param {import('../../sandbox/index.mts').Sandbox} sandbox */
function credentialData({ certCentral: { us }, partner }) {
	return {
		certCentral: { apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
		partner: { apiKey: partner.keys.parent, baseUrl: partner.baseUrl },
	};
}

/** Makes a temporary folder, which does not outlive this process. @returns {{ folder: string, remove: () => void }} */
function temporaryFolder() {
	const folder = mkdtempSync(path.join(tmpdir(), 'n8n-nodes-digicert-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	process.once('exit', remove);
	return { folder, remove };
}

/**
 * @param {import('./n8n/client').Client} client
 * @param {CredentialData} data
 */
async function storeCredentials(client, data) {
	return {
		certCentral: await client.storeCredential(
			'digiCertCertCentralApi',
			'DigiCert CertCentral account',
			data.certCentral,
		),
		partner: await client.storeCredential(
			'digiCertPartnerApi',
			'DigiCert Partner account',
			data.partner,
		),
	};
}

/**
 * Starts a sandbox and an n8n with a fresh user folder, into which this package was installed from
 * its tarball.
 *
 * @param {import('./toolchain/n8n').InstalledN8n} installed
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] for n8n
 * @param {import('../../sandbox/index.mts').SandboxOptions} [options.sandbox]
 * @returns {Promise<Lab & { userFolder: string }>}
 */
async function openLab(installed, options = {}) {
	const { folder: userFolder, remove } = temporaryFolder();
	/** @type {string[]} */
	const issued = [];
	const sandbox = await startSandbox({
		...options.sandbox,
		onIssue: (value) => void issued.push(value),
	});
	/** @type {import('./n8n/start').N8nProcess | undefined} */
	let n8n;
	const close = async () => {
		await n8n?.stop();
		await sandbox.close();
		remove();
	};
	try {
		say('packing and installing this package');
		await installIn(await pack(userFolder), userFolder);
		say(`starting n8n ${installed.version} on Node ${installed.node.version}`);
		n8n = await startN8n(installed, { userFolder, env: options.env });
		const client = await connect(n8n.url);
		const data = credentialData(sandbox);
		const credentials = await storeCredentials(client, data);
		say('n8n is ready');
		const issuedKeys = () => [...issued];
		return { sandbox, client, n8n, data, credentials, issuedKeys, close, userFolder };
	} catch (error) {
		await close();
		throw error;
	}
}

module.exports = { openLab, temporaryFolder };
