import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import type { INodeType, IVersionedNodeType } from 'n8n-workflow';

import { isRecord } from '../../test/support/read.mts';
import { fetchTarball, linkOwn, npm, npmFolder } from './npmCache.mts';

/** The release that goes with the pinned n8n-core: both ask for the same @n8n/backend-network. */
export const VERSION = '2.41.1';
/** What the node's files require and this package's installation lacks, as that release pins it. */
const LIBRARIES = [
	'@mozilla/readability@0.6.0',
	'cheerio@1.1.0',
	'html-to-text@9.0.5',
	'jsdom@23.0.1',
];
const FROM_HERE = ['@n8n/utils', 'form-data', 'lodash', 'n8n-workflow'];

function isNodeClass(value: unknown): value is new () => IVersionedNodeType {
	return typeof value === 'function';
}

/**
 * Loads n8n's own HTTP Request node. The whole of n8n-nodes-base would bring 500 MB and 500
 * packages into the installation, so only this node's files are taken out of its tarball,
 * unchanged, with the libraries that they require.
 */
export async function loadHttpRequestNode(): Promise<INodeType> {
	const folder = await npmFolder(`httpRequest@${VERSION}`, async (target) => {
		npm(target, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...LIBRARIES);
		const base = path.join(target, 'node_modules', 'n8n-nodes-base');
		mkdirSync(base);
		const parts = ['package.json', 'dist/nodes/HttpRequest', 'dist/utils'];
		execFileSync('tar', [
			...['-xzf', await fetchTarball(`n8n-nodes-base@${VERSION}`)],
			...['-C', base, '--strip-components=1'],
			...parts.map((part) => `package/${part}`),
		]);
	});
	linkOwn(folder, FROM_HERE);
	const file = 'node_modules/n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js';
	const loaded: unknown = createRequire(import.meta.url)(path.join(folder, file));
	const Node = isRecord(loaded) ? loaded.HttpRequest : undefined;
	if (!isNodeClass(Node)) throw new Error('There is no HTTP Request node');
	return new Node().getNodeType();
}
