import path from 'node:path';

import type { PollViolation } from './polls.mts';
import type { Violation } from './rules.mts';

/**
 * One place of the built package: a file below dist/nodes/DigiCert, what must be in it exactly once,
 * and what is to stand there, where `$&` stands for what was there.
 */
export type Change = readonly [file: string, search: string, replace: string];

/** An engine that is broken on purpose. The suite has to see what is wrong with it. */
export interface Broken {
	readonly name: string;
	/** In what it is seen. */
	readonly by: 'runs' | 'pairs' | 'injection' | 'polls';
	/** What is seen. */
	readonly shows: Violation | PollViolation;
	readonly changes: readonly Change[];
}

const seenBy =
	(by: Broken['by']) =>
	(name: string, shows: Broken['shows'], ...changes: Change[]): Broken => ({
		by,
		name,
		shows,
		changes,
	});
const runs = seenBy('runs');
const pairs = seenBy('pairs');
const injection = seenBy('injection');
const polls = seenBy('polls');

const BY_NAME_ALONE: readonly Change[] = [
	['issuance/lostKeys.js', 'const tag = (0, keyNames_1.tagOf)(key.name);', 'let tag;'],
	['issuance/lostKeys.js', 'byTag.get((0, keyNames_1.tagOf)(sentName))', 'byTag.get()'],
];

const NO_SECOND_REPORT: Change = ['issuance/report.js', '.catch(() => bareReport(...of))', ''];

export const BROKEN: readonly Broken[] = [
	runs('sends again on 5xx', 'creation sent again', [
		'http/pacing.js',
		'const exchange = await client.send(request);',
		"let exchange = await client.send(request); if (exchange.status >= 500 && request.method === 'POST') exchange = await client.send(request);",
	]),
	runs('sends again after a 429 with a key', 'creation sent again', [
		'http/classify.js',
		"if (holdsKey && method === 'POST')",
		'if (false)',
	]),
	runs('takes any exception for a request that was never sent', 'live key unseen', [
		'http/classify.js',
		'if (proven !== undefined)',
		'if (true)',
	]),
	runs('rolls back nothing', 'not rolled back', [
		'issuance/rollBack.js',
		'const unwanted = creations',
		'if (isEnd) return;\n$&',
	]),
	runs('forgets what is in flight when it stops', 'live key unseen', [
		'issuance/send.js',
		'creation.outcome = judge(creation, exchange, others, known);',
		"if (isOver()) { creation.outcome = { kind: 'planned' }; return; } $&",
	]),
	runs('does not look for lost keys', 'live key unseen', [
		'issuance/lostKeys.js',
		'creations.filter(creation_1.isUnknown);',
		'[];',
	]),
	runs('says nothing when an execution is cancelled', 'live key unseen', [
		'issuance/report.js',
		'const logLoss = async (run, creations) => {',
		'$& return;',
	]),
	runs('says that all was switched off', 'told as switched off but alive', [
		'digicert/keys.js',
		'return (0, failure_1.explanationOf)(error);',
		"return 'done';",
	]),
	runs('switches lost keys off by name alone', "others' key switched off", ...BY_NAME_ALONE),
	pairs(
		'switches lost keys off by name alone, beside another execution',
		'delivered key of another execution switched off',
		...BY_NAME_ALONE,
	),
	pairs('gives all its creations the same tag', 'delivered key of another execution switched off', [
		'issuance/issueKeys.js',
		'(0, keyNames_1.createTag)()',
		"'aaaaaa'",
	]),
	runs('takes a key that is in use for a lost one', 'told state wrong', [
		'issuance/lostKeys.js',
		'if (key.lastUsedAt === undefined && ',
		'if (',
	]),
	runs('takes its own keys for lost ones', 'told state wrong', [
		'issuance/lostKeys.js',
		' || search.held.has(key.id)',
		'',
	]),
	runs('acts upon IDs that are not exact', "others' key switched off", [
		'values.js',
		'Number.isSafeInteger(id)',
		'Number.isInteger(id)',
	]),
	runs(
		'makes a second key of a name that was to be skipped',
		'more than one live key for a name under skip',
		[
			'issuance/send.js',
			"how.ifNameExists === 'skip' ? taken.get((0, creation_1.laneOf)(creation)) : undefined",
			'undefined',
		],
	),
	runs('takes an incomplete list for the whole', 'more than one live key for a name under skip', [
		'issuance/names.js',
		'if (!keys.isComplete)',
		'if (false)',
	]),
	pairs('does not look again after a creation', 'more than one live key for a name under skip', [
		'issuance/names.js',
		'const settleNames = async (run, creations) => {',
		'$& return;',
	]),
	pairs('gives way to any other key', 'dead key delivered', [
		'issuance/names.js',
		'winner.id < id',
		'true',
	]),
	pairs(
		'switches the other key off in place of its own',
		'delivered key of another execution switched off',
		[
			'issuance/names.js',
			'await (0, rollBack_1.withdraw)(run, creation, id);',
			'await (0, rollBack_1.withdraw)(run, creation, winner.id);',
		],
	),
	runs('names keys by their values', 'secret told', [
		'issuance/leftBehind.js',
		'...owner, state',
		'$&, value: outcome.reply?.api_key',
	]),
	runs('quotes whatever a server says', 'secret told', [
		'http/redaction.js',
		'const own = anyFormOf(apiKey);',
		'return (text) => text;',
	]),
	runs('puts keys out as they are, though a recipient is given', 'secret told', [
		'issuance/send.js',
		'(0, recipient_1.encryptSecrets)(output, recipient, (0, creation_1.textsBefore)(creation))',
		'output',
	]),
	runs('takes a blank text for a key', 'dead key delivered', [
		'http/redaction.js',
		'&& /[^\\s\\p{C}\\p{Default_Ignorable_Code_Point}]/u.test(value)',
		'',
	]),
	runs(
		"goes by the machine's clock",
		'healthy answer thrown away',
		['http/client.js', 'endsAt: performance.now() + ms', 'endsAt: Date.now() + ms'],
		['http/client.js', 'next - performance.now()', 'next - Date.now()'],
		['http/client.js', 'const now = performance.now()', 'const now = Date.now()'],
	),
	runs(
		'follows redirects',
		'foreign host reached',
		['http/client.js', 'disableFollowRedirect: true', 'disableFollowRedirect: false'],
		['http/credential.js', 'disableFollowRedirect: true', 'disableFollowRedirect: false'],
		['http/credential.js', 'maxRedirects: 0,', ''],
	),
	runs('pairs outputs with the wrong items', 'wrong item', [
		'run.js',
		'pairedItem: { item }',
		'pairedItem: { item: item ^ 1 }',
	]),
	runs('leaves failed items out', 'no result', [
		'run.js',
		'return [{ ...(0, nodeErrors_1.failedItem)(item, result), ...link }];',
		'return [];',
	]),
	runs('runs with Retry On Fail and Stop', 'refused run sent something', [
		'issuance/safeSettings.js',
		'        refuseRetryOnFail(context);',
		'',
	]),
	runs(
		'switches the old key off before the new one is stored',
		'old key off, though no new one is stored',
		[
			'issuance/handOver.js',
			'const ended = await (0, subWorkflow_1.callSubWorkflow)',
			'await settleOldKey(run, creation); $&',
		],
	),
	runs(
		'switches the new key off in place of the old one',
		'stored key dead, and no error says so',
		['issuance/handOver.js', 'run.api, replaces.id', 'run.api, outcome.id'],
	),
	runs('takes a failed hand-over for a good one', 'dead key delivered', [
		'issuance/handOver.js',
		"if ('why' in ended) {",
		'ended.said ??= [{}]; if (false) {',
	]),
	runs('puts out what a sub-workflow says, the key included', 'secret told', [
		'issuance/handOver.js',
		'await (0, scrub_1.scrub)(json, parts));',
		'json);',
	]),
	polls('takes a part of the list for the whole when it polls', 'event told that did not happen', [
		'trigger/poll.js',
		'if (!isComplete || keys.length < entries.length)',
		'if (false)',
	]),
	polls('begins anew after a poll that failed', 'event missed', [
		'trigger/poll.js',
		'throw nodeError;',
		"delete context.getWorkflowStaticData('node').state; $&",
	]),
	polls('does not remember what it told', 'event told twice', [
		'trigger/poll.js',
		'if (state !== before)',
		'if (state !== before && !events.length)',
	]),
	injection('has no catch around its steps', 'live key unseen', [
		'issuance/carryOut.js',
		'            noteBroken(run, error);',
		'throw error;',
	]),
	injection('has no second way to report', 'live key unseen', NO_SECOND_REPORT),
	injection(
		'lets n8n see what is thrown, whatever On Error says',
		'input passed off as success',
		NO_SECOND_REPORT,
		['operations/index.js', 'if (stops)', 'if (true)'],
	),
];

/**
 * Makes one change to the text of a file.
 *
 * @throws {Error} when the place is not there any more, or is not the only one
 */
export function apply([file, search, replace]: Change, text: string): string {
	const parts = text.split(search);
	if (parts.length !== 2) {
		throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${search}`);
	}
	return parts.join(replace.replace('$&', () => search));
}

/** Where a file that is changed stands in a copy of the package. */
export const pathIn = (folder: string, file: string): string =>
	path.join(folder, 'dist', 'nodes', 'DigiCert', file);
