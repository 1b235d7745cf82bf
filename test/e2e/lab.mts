import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { present } from '../support/read.mts';
import { Client, OWNER, type StoredCredential } from './n8n/client.mts';
import { startN8n, type N8nProcess } from './n8n/start.mts';
import { say } from './processes.mts';
import { installPackage, type InstalledN8n } from './toolchain/n8n.mts';

/** The fields of the credentials that work. */
interface CredentialData {
	certCentral: { apiKey: string; region: string; baseUrl: string };
	partner: { apiKey: string; baseUrl: string };
}

/** A running n8n with this package, a sandbox, and a credential for each API. */
export interface Lab {
	sandbox: Sandbox;
	client: Client;
	n8n: N8nProcess;
	userFolder: string;
	data: CredentialData;
	credentials: Record<keyof CredentialData, StoredCredential>;
	/** Values of all keys that were created so far. */
	issuedKeys: () => string[];
	/** DigiCert's addresses in the example workflows, and the sandbox's. */
	addresses: Record<string, string>;
	/** Starts n8n again with all that it had stored, once it was stopped. */
	restart: () => Promise<void>;
	/** All that any of its processes printed. */
	log: () => string;
	close: () => Promise<void>;
}

/** Makes a temporary folder, which does not outlive this process. */
export function temporaryFolder(): { folder: string; remove: () => void } {
	const folder = mkdtempSync(path.join(tmpdir(), 'n8n-nodes-digicert-'));
	const remove = () => {
		rmSync(folder, { recursive: true, force: true });
	};
	process.once('exit', remove);
	return { folder, remove };
}

async function storeCredentials(client: Client, data: CredentialData) {
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
 * @param env for n8n
 */
export async function openLab(installed: InstalledN8n, env: NodeJS.ProcessEnv = {}): Promise<Lab> {
	const { folder: userFolder, remove } = temporaryFolder();
	const issued: string[] = [];
	const sandbox = await startSandbox({ onIssue: (value) => void issued.push(value) });
	const started: N8nProcess[] = [];
	const launch = async () => {
		const n8n = await startN8n(installed, { userFolder, env });
		started.push(n8n);
		return { n8n, client: new Client(n8n.url) };
	};
	const close = async () => {
		await started.at(-1)?.stop();
		await sandbox.close();
		remove();
	};
	const { us } = sandbox.certCentral;
	const data = {
		certCentral: { apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
		partner: { apiKey: sandbox.partner.keys.parent, baseUrl: sandbox.partner.baseUrl },
	};
	try {
		await installPackage(userFolder);
		say(`starting n8n ${installed.version} on Node ${installed.node.version}`);
		const first = await launch();
		await first.client.setUp();
		const credentials = await storeCredentials(first.client, data);
		const lab: Lab = {
			...{ sandbox, ...first, userFolder, data, credentials, close },
			issuedKeys: () => [...issued],
			async restart() {
				Object.assign(lab, await launch());
				const { email, password } = OWNER;
				await lab.client.rest('POST', '/login', { emailOrLdapLoginId: email, password });
			},
			log: () => started.map((n8n) => n8n.process.log()).join(''),
			addresses: {
				'https://www.digicert.com/services/v2': us.baseUrl,
				'https://www.digicert.com/partner-subscription/api/v1': sandbox.partner.baseUrl,
				"region: 'us'": `region: 'custom', baseUrl: '${us.baseUrl}'`,
			},
		};
		return lab;
	} catch (error) {
		await close();
		throw error;
	}
}

/** With this a sub-workflow of the tests quotes a key; n8n prints the message that one ended with. */
export const QUOTED = 'No room for';

/** Admin keys and created keys that are in a text. */
function keysIn(text: string, { data, issuedKeys }: Lab): string[] {
	const keys = [data.certCentral.apiKey, data.partner.apiKey, ...issuedKeys()];
	return keys.filter((key) => text.includes(key));
}

/** Those that are in what else n8n printed: there must be none. */
export function loggedKeys(lab: Lab): string[] {
	const lines = lab.log().split('\n');
	return keysIn(lines.filter((line) => !line.startsWith(QUOTED)).join('\n'), lab);
}

/** Those that are in what n8n stored of an execution: there must be none. */
export async function storedKeys(lab: Lab, { id }: { id: string }): Promise<string[]> {
	const stored = JSON.stringify(present(await lab.client.stored(id), 'The stored execution'));
	return keysIn(stored, lab);
}
