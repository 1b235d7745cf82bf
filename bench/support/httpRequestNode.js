'use strict';

const { execFileSync } = require('node:child_process');
const { mkdirSync } = require('node:fs');
const path = require('node:path');

const { cached, fetchTarball, linkOwn, npm } = require('./npmCache');

/** The release that goes with the pinned n8n-core: both ask for the same @n8n/backend-network. */
const VERSION = '2.41.1';
/** What the node's files require and this package's installation lacks, as that release pins it. */
const LIBRARIES = [
	'@mozilla/readability@0.6.0',
	'cheerio@1.1.0',
	'html-to-text@9.0.5',
	'jsdom@23.0.1',
];
const FROM_HERE = ['@n8n/utils', 'form-data', 'lodash', 'n8n-workflow'];

/**
 * Loads n8n's own HTTP Request node. The whole of n8n-nodes-base would bring 500 MB and 500
 * packages into the installation, so only this node's files are taken out of its tarball,
 * unchanged, with the libraries that they require.
 *
 * @returns {any} the node type, for n8n's engine
 */
function loadHttpRequestNode() {
	const folder = cached(`httpRequest@${VERSION}`, (target) => {
		npm(target, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...LIBRARIES);
		const base = path.join(target, 'node_modules', 'n8n-nodes-base');
		mkdirSync(base);
		const parts = ['package.json', 'dist/nodes/HttpRequest', 'dist/utils'];
		execFileSync('tar', [
			...['-xzf', fetchTarball(`n8n-nodes-base@${VERSION}`), '-C', base, '--strip-components=1'],
			...parts.map((part) => `package/${part}`),
		]);
	});
	linkOwn(folder, FROM_HERE);
	const file = 'node_modules/n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js';
	const { HttpRequest } = require(path.join(folder, file));
	return new HttpRequest();
}

module.exports = { VERSION, loadHttpRequestNode };
