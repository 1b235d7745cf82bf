'use strict';

const {
	cpSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

const { PACKAGE_ROOT } = require('../support/engine');
const { runSuite } = require('./suite');

/**
 * Engines that are broken on purpose, each in one place of the built package. The suite has to see
 * what is wrong with every one of them.
 *
 * @typedef {object} Broken
 * @property {string} name
 * @property {import('./figures').Violation} shows what the suite must find
 * @property {string} file below dist/nodes/DigiCert
 * @property {string} search must be there exactly once
 * @property {string} replace
 */

/** @type {Broken[]} */
const BROKEN = [
	{
		name: 'sends again on 5xx',
		shows: 'creation sent twice',
		file: 'transport/sendPaced.js',
		search: 'const exchange = await client.send(request);',
		replace: `let exchange = await client.send(request);
			if (exchange.status >= 500) exchange = await client.send(request);`,
	},
	{
		name: 'rolls back nothing',
		shows: 'not rolled back',
		file: 'issuance/rollBack.js',
		search: 'async function rollBack(session, requests, outcomes, concurrency) {',
		replace: '$& return;',
	},
	{
		name: 'forgets what is in flight when it stops',
		shows: 'lost key',
		file: 'issuance/issue.js',
		search: '        outcomes.set(request, outcome);',
		replace: 'if (!isStopped()) outcomes.set(request, outcome);',
	},
	{
		name: 'does not look for lost keys',
		shows: 'lost key',
		file: 'issuance/reconcile.js',
		search: 'async function reconcile(session, requests, outcomes, lostReply, concurrency) {',
		replace: '$& return;',
	},
	{
		name: 'says that all was switched off',
		shows: 'told as off, and alive',
		file: 'issuance/rollBack.js',
		search: 'return { id, failure: ',
		replace: 'return { id, unread: ',
	},
	{
		name: 'takes any key of the name for the lost one',
		shows: "key of others' switched off",
		file: 'issuance/lost.js',
		search: '!isTooOld(key) &&',
		replace: '',
	},
	{
		name: 'takes its own keys for lost ones',
		shows: 'dead key delivered',
		file: 'issuance/lost.js',
		search: '!isHeld(key)',
		replace: 'true',
	},
	{
		name: 'makes a second key of a name that was to be skipped',
		shows: 'double',
		file: 'issuance/issue.js',
		search: 'oncePerName ? taken.get(lane) : undefined',
		replace: 'undefined',
	},
	{
		name: 'names keys by their values',
		shows: 'secret told',
		file: 'errors/stopError.js',
		search: '`key ${id}`',
		replace: '`key ${id} ${reply.api_key}`',
	},
	{
		name: 'follows redirects',
		shows: 'foreign host reached',
		file: 'transport/client.js',
		search: 'disableFollowRedirect: true',
		replace: 'disableFollowRedirect: false',
	},
	{
		name: 'pairs outputs with the wrong items',
		shows: 'delivered to the wrong item',
		file: 'actions/issuePrepared.js',
		search: 'requests.map((request) => [request.itemIndex,',
		replace: 'requests.map((request, i) => [requests.at(-1 - i).itemIndex,',
	},
	{
		name: 'leaves failed items out',
		shows: 'item without a result',
		file: 'actions/runItems.js',
		search: 'return [{ json: {}, error: result, pairedItem }];',
		replace: 'return [];',
	},
	{
		name: 'runs with Retry On Fail and Stop',
		shows: 'refused run sent something',
		file: 'actions/issueKeys.js',
		search: 'refuseRetryOnFail(context.getNode())',
		replace: 'context.getNode()',
	},
];

/**
 * Breaks a copy of the built package.
 *
 * @param {Broken} broken
 * @returns {string} its folder, which the caller removes
 * @throws Error when the place to be changed is not there any more
 */
function makeBroken({ name, file, search, replace }) {
	const folder = mkdtempSync(path.join(tmpdir(), 'digicert-broken-'));
	for (const part of ['dist', 'package.json']) {
		cpSync(path.join(PACKAGE_ROOT, part), path.join(folder, part), { recursive: true });
	}
	symlinkSync(path.join(PACKAGE_ROOT, 'node_modules'), path.join(folder, 'node_modules'));
	const target = path.join(folder, 'dist', 'nodes', 'DigiCert', file);
	const code = readFileSync(target, 'utf8');
	const places = code.split(search);
	if (places.length !== 2) {
		rmSync(folder, { recursive: true });
		throw new Error(
			`'${name}' cannot be tried: dist/nodes/DigiCert/${file} has ${places.length - 1} places like: ${search}`,
		);
	}
	writeFileSync(target, places.join(replace.replace('$&', () => search)));
	return folder;
}

/**
 * Runs the suite on every broken engine.
 *
 * @param {{ seed: number, creations: number }} options for each of them
 * @param {(line: string) => void} print
 * @returns {Promise<boolean>} whether the suite saw what is wrong with each
 */
async function tryBroken({ seed, creations }, print) {
	let allSeen = true;
	for (const broken of BROKEN) {
		const folder = makeBroken(broken);
		try {
			const { failed, seconds } = await runSuite({ seed, creations, packageRoot: folder });
			const found = failed.flatMap(({ findings }) => findings.map(({ violation }) => violation));
			const times = found.filter((violation) => violation === broken.shows).length;
			allSeen &&= times > 0;
			print(
				`${times > 0 ? 'seen    ' : 'NOT SEEN'}  An engine that ${broken.name}: ${times} × "${broken.shows}", ${found.length - times} other findings (${seconds.toFixed(0)} s)`,
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	}
	return allSeen;
}

module.exports = { tryBroken };
