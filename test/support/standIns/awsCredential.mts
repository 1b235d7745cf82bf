import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { INodeProperties } from 'n8n-workflow';

import type { CredentialType } from '../engineCredentials.mts';
import { record, text } from '../read.mts';

function field(name: string): INodeProperties {
	return { displayName: name, name, type: 'string', default: '' };
}

/**
 * A stand-in for n8n's credential AWS (IAM), which is in n8n-nodes-base. Like that of n8n 2.41.1 it
 * takes the service and the region from the host's name, and signs with the signer of AWS's own SDK.
 */
export const aws: CredentialType = {
	properties: ['region', 'accessKeyId', 'secretAccessKey'].map(field),
	async authenticate({ accessKeyId, secretAccessKey }, request) {
		const { host, hostname, pathname } = new URL(request.url);
		const [service = '', region = ''] = hostname.split('.');
		const signer = new SignatureV4({
			credentials: { accessKeyId: text(accessKeyId), secretAccessKey: text(secretAccessKey) },
			...{ region, service, sha256: Sha256, applyChecksum: false },
		});
		const { headers } = await signer.sign({
			...{ method: request.method ?? 'GET', protocol: 'https:', hostname, path: pathname },
			headers: {
				...stringsOf(request.headers),
				host,
				// n8n signs it as well.
				'content-length': String(Buffer.byteLength(text(request.body))),
			},
			body: request.body,
		});
		return { ...request, headers };
	},
};

function stringsOf(headers: object = {}): Record<string, string> {
	const strings: Record<string, string> = {};
	for (const [name, value] of Object.entries(record(headers))) {
		strings[name.toLowerCase()] = text(value);
	}
	return strings;
}
