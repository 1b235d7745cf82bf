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
 * @property {Change[]} changes
 *
 * @typedef {object} Change
 * @property {string} file below dist/nodes/DigiCert
 * @property {string} search must be there exactly once
 * @property {string} replace `$&` stands for what was there
 */

/** @type {Broken[]} */
const BROKEN = [
	{
		name: 'sends again on 5xx',
		shows: 'creation sent twice',
		changes: [
			{
				file: 'http/sendPaced.js',
				search: 'const exchange = await client.send(request);',
				replace: `let exchange = await client.send(request);
			if (exchange.status >= 500) exchange = await client.send(request);`,
			},
		],
	},
	{
		name: 'rolls back nothing',
		shows: 'not rolled back',
		changes: [
			{
				file: 'issuance/rollBack.js',
				search: 'async function rollBack(session, requests, outcomes, concurrency) {',
				replace: '$& return;',
			},
		],
	},
	{
		name: 'forgets what is in flight when it stops',
		shows: 'lost key',
		changes: [
			{
				file: 'issuance/issue.js',
				search: '        outcomes.set(request, outcome);',
				replace: 'if (!isStopped()) outcomes.set(request, outcome);',
			},
		],
	},
	{
		name: 'does not look for lost keys',
		shows: 'lost key',
		changes: [
			{
				file: 'issuance/reconcile.js',
				search: 'async function reconcile(',
				replace: 'async function reconcile() {}\nasync function unused(',
			},
		],
	},
	{
		name: 'says that all was switched off',
		shows: 'told as off, and alive',
		changes: [
			{
				file: 'issuance/rollBack.js',
				search: 'return { id, failure: ',
				replace: 'return { id, unread: ',
			},
		],
	},
	{
		name: 'takes any key of the name for the lost one',
		shows: "key of others' switched off",
		changes: [
			{ file: 'issuance/lost.js', search: 'idsBefore?.has(id) === true ||', replace: '' },
			{
				file: 'issuance/lost.js',
				search: '!isTooOld(key) &&',
				replace: '',
			},
		],
	},
	{
		name: 'goes by the time alone',
		shows: "key of others' switched off",
		changes: [{ file: 'issuance/lost.js', search: 'idsBefore?.has(id) === true ||', replace: '' }],
	},
	{
		name: 'takes a key that is in use for the lost one',
		shows: "key of others' switched off",
		changes: [
			{ file: 'issuance/lost.js', search: 'idsBefore?.has(id) === true ||', replace: '' },
			{ file: 'issuance/lost.js', search: 'key.lastUsedAt === undefined &&', replace: '' },
		],
	},
	{
		name: 'takes its own keys for lost ones',
		shows: 'dead key delivered',
		changes: [
			{
				file: 'issuance/lost.js',
				search: 'issued.some(([request, { reply }]) => request.isKeyOf(reply, key));',
				replace: 'false;',
			},
		],
	},
	{
		name: 'makes a second key of a name that was to be skipped',
		shows: 'double',
		changes: [
			{
				file: 'issuance/issue.js',
				search: 'oncePerName ? taken.get(lane) : undefined',
				replace: 'undefined',
			},
		],
	},
	{
		name: 'names keys by their values',
		shows: 'secret told',
		changes: [
			{
				file: 'errors/stopError.js',
				search: '`key ${id}`',
				replace: '`key ${id} ${reply.api_key}`',
			},
		],
	},
	{
		name: 'puts keys out as they are, though a recipient is given',
		shows: 'secret told',
		changes: [
			{
				file: 'encryption/encryptSecrets.js',
				search: 'return concealFields(output);',
				replace: 'return output;',
			},
		],
	},
	{
		name: 'follows redirects',
		shows: 'foreign host reached',
		changes: [
			{
				file: 'http/client.js',
				search: 'disableFollowRedirect: true',
				replace: 'disableFollowRedirect: false',
			},
			{
				file: 'http/keyHeader.js',
				search: 'disableFollowRedirect: true',
				replace: 'disableFollowRedirect: false',
			},
			{ file: 'http/keyHeader.js', search: 'maxRedirects: 0,', replace: '' },
		],
	},
	{
		name: 'pairs outputs with the wrong items',
		shows: 'delivered to the wrong item',
		changes: [
			{
				file: 'operations/issuePrepared.js',
				search: '            request.itemIndex,',
				replace: 'requests.at(-1 - requests.indexOf(request)).itemIndex,',
			},
		],
	},
	{
		name: 'leaves failed items out',
		shows: 'item without a result',
		changes: [
			{
				file: 'operations/result.js',
				search: 'return [{ json: {}, error: result, pairedItem }];',
				replace: 'return [];',
			},
		],
	},
	{
		name: 'runs with Retry On Fail and Stop',
		shows: 'refused run sent something',
		changes: [
			{
				file: 'operations/safeSettings.js',
				search: 'refuseRetryOnFail(context);',
				replace: '',
			},
		],
	},
];

/**
 * Changes one place of a built file.
 *
 * @param {string} folder of the package
 * @param {Change} change
 * @returns {{ target: string, changed: string }} the file, and what it is to hold
 * @throws Error when the place is not there any more, or is not the only one
 */
function applyTo(folder, { file, search, replace }) {
	const target = path.join(folder, 'dist', 'nodes', 'DigiCert', file);
	const parts = readFileSync(target, 'utf8').split(search);
	if (parts.length !== 2) {
		throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${search}`);
	}
	return { target, changed: parts.join(replace.replace('$&', () => search)) };
}

/**
 * Makes a broken copy of the built package.
 *
 * @param {Broken} broken
 * @param {string} folder empty
 */
function makeBroken({ changes }, folder) {
	for (const part of ['dist', 'package.json']) {
		cpSync(path.join(PACKAGE_ROOT, part), path.join(folder, part), { recursive: true });
	}
	symlinkSync(path.join(PACKAGE_ROOT, 'node_modules'), path.join(folder, 'node_modules'));
	for (const change of changes) {
		const { target, changed } = applyTo(folder, change);
		writeFileSync(target, changed);
	}
}

/**
 * Runs the suite on every broken engine, each until it is seen what is wrong with it.
 *
 * @param {{ seed: number, creations: number }} options `creations` is the most for each of them
 * @param {(line: string) => void} print
 * @returns {Promise<boolean>} whether the suite saw what is wrong with each
 */
async function tryBroken(options, print) {
	let allSeen = true;
	for (const broken of BROKEN) {
		const { name, shows } = broken;
		const folder = mkdtempSync(path.join(tmpdir(), 'digicert-broken-'));
		try {
			makeBroken(broken, folder);
			const { failed, rows, seconds } = await runSuite({
				...options,
				until: shows,
				packageRoot: folder,
			});
			const found = failed.some(({ findings }) =>
				findings.some(({ violation }) => violation === shows),
			);
			const creations = rows.reduce((sum, { figures }) => sum + figures.creations, 0);
			allSeen &&= found;
			print(
				`${found ? 'seen    ' : 'NOT SEEN'}  an engine that ${name}: "${shows}", after ${creations} creations (${seconds.toFixed(0)} s)`,
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	}
	return allSeen;
}

module.exports = { applyTo, BROKEN, tryBroken };
