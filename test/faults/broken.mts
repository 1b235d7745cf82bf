import path from 'node:path';

import type { PollViolation } from './polls.mts';
import type { Violation } from './rules.mts';

/** One place of the built package, and what is to stand there. */
export interface Change {
	/** Below dist/nodes/DigiCert. */
	readonly file: string;
	/** Must be there exactly once. */
	readonly search: string;
	/** `$&` stands for what was there. */
	readonly replace: string;
}

/** An engine that is broken on purpose. The suite has to see what is wrong with it. */
export interface Broken {
	readonly name: string;
	/** What shows it: single runs unless given. */
	readonly by?: 'pairs' | 'injection' | 'polls';
	readonly shows: Violation | PollViolation;
	readonly changes: readonly Change[];
}

const change = (file: string, search: string, replace: string): Change => ({
	file,
	search,
	replace,
});

const BY_NAME_ALONE = [
	change('issuance/lostKeys.js', 'const tag = (0, keyNames_1.tagOf)(key.name);', 'let tag;'),
	change('issuance/lostKeys.js', 'byTag.get((0, keyNames_1.tagOf)(sentName))', 'byTag.get()'),
];

const NO_SECOND_REPORT = change('issuance/report.js', '.catch(() => bareReport(...of))', '');

export const BROKEN: readonly Broken[] = [
	{
		name: 'sends again on 5xx',
		shows: 'creation sent again',
		changes: [
			change(
				'http/pacing.js',
				'const exchange = await client.send(request);',
				"let exchange = await client.send(request); if (exchange.status >= 500 && request.method === 'POST') exchange = await client.send(request);",
			),
		],
	},
	{
		name: 'sends again after a 429 with a key',
		shows: 'creation sent again',
		changes: [change('http/classify.js', 'if (holdsKey)', 'if (false)')],
	},
	{
		name: 'takes any exception for a request that was never sent',
		shows: 'live key unseen',
		changes: [change('http/classify.js', 'if (proven !== undefined)', 'if (true)')],
	},
	{
		name: 'rolls back nothing',
		shows: 'not rolled back',
		changes: [
			change('issuance/rollBack.js', 'const unwanted = creations', 'if (isEnd) return;\n$&'),
		],
	},
	{
		name: 'forgets what is in flight when it stops',
		shows: 'live key unseen',
		changes: [
			change(
				'issuance/send.js',
				'creation.outcome = judge(creation, exchange, others);',
				"if (isOver()) { creation.outcome = { kind: 'planned' }; return; } $&",
			),
		],
	},
	{
		name: 'does not look for lost keys',
		shows: 'live key unseen',
		changes: [change('issuance/lostKeys.js', 'creations.filter(creation_1.isUnknown);', '[];')],
	},
	{
		name: 'says nothing when an execution is cancelled',
		shows: 'live key unseen',
		changes: [
			change('issuance/report.js', 'const logLoss = async (run, creations) => {', '$& return;'),
		],
	},
	{
		name: 'says that all was switched off',
		shows: 'told as switched off but alive',
		changes: [
			change('digicert/keys.js', 'return (0, failure_1.explanationOf)(error);', "return 'done';"),
		],
	},
	{
		name: 'switches lost keys off by name alone',
		shows: "others' key switched off",
		changes: [...BY_NAME_ALONE],
	},
	{
		name: 'switches lost keys off by name alone, beside another execution',
		shows: 'delivered key of another execution switched off',
		by: 'pairs',
		changes: [...BY_NAME_ALONE],
	},
	{
		name: 'gives all its creations the same tag',
		shows: 'delivered key of another execution switched off',
		by: 'pairs',
		changes: [change('issuance/issueKeys.js', '(0, keyNames_1.createTag)()', "'aaaaaa'")],
	},
	{
		name: 'takes a key that is in use for a lost one',
		shows: 'told state wrong',
		changes: [change('issuance/lostKeys.js', 'if (key.lastUsedAt === undefined && ', 'if (')],
	},
	{
		name: 'takes its own keys for lost ones',
		shows: 'told state wrong',
		changes: [change('issuance/lostKeys.js', ' || search.held.has(key.id)', '')],
	},
	{
		name: 'acts upon IDs that are not exact',
		shows: "others' key switched off",
		changes: [change('values.js', 'Number.isSafeInteger(id)', 'Number.isInteger(id)')],
	},
	{
		name: 'makes a second key of a name that was to be skipped',
		shows: 'more than one live key for a name under skip',
		changes: [
			change(
				'issuance/send.js',
				"how.ifNameExists === 'skip' ? taken.get((0, creation_1.laneOf)(creation)) : undefined",
				'undefined',
			),
		],
	},
	{
		name: 'takes an incomplete list for the whole',
		shows: 'more than one live key for a name under skip',
		changes: [change('issuance/names.js', 'if (!keys.isComplete)', 'if (false)')],
	},
	{
		name: 'does not look again after a creation',
		shows: 'more than one live key for a name under skip',
		by: 'pairs',
		changes: [
			change('issuance/names.js', 'const settleNames = async (run, creations) => {', '$& return;'),
		],
	},
	{
		name: 'gives way to any other key',
		shows: 'dead key delivered',
		by: 'pairs',
		changes: [change('issuance/names.js', 'winner.id < id', 'true')],
	},
	{
		name: 'switches the other key off in place of its own',
		shows: 'delivered key of another execution switched off',
		by: 'pairs',
		changes: [
			change(
				'issuance/names.js',
				'await (0, rollBack_1.withdraw)(run, creation, id);',
				'await (0, rollBack_1.withdraw)(run, creation, winner.id);',
			),
		],
	},
	{
		name: 'names keys by their values',
		shows: 'secret told',
		changes: [
			change('issuance/leftBehind.js', '...owner, state', '$&, value: outcome.reply?.api_key'),
		],
	},
	{
		name: 'quotes whatever a server says',
		shows: 'secret told',
		changes: [
			change('http/redaction.js', 'const own = anyFormOf(apiKey);', 'return (text) => text;'),
		],
	},
	{
		name: 'puts keys out as they are, though a recipient is given',
		shows: 'secret told',
		changes: [
			change(
				'issuance/send.js',
				'(0, recipient_1.encryptSecrets)(output, recipient, (0, creation_1.textsBefore)(creation))',
				'output',
			),
		],
	},
	{
		name: 'takes a blank text for a key',
		shows: 'dead key delivered',
		changes: [
			change(
				'http/redaction.js',
				'&& /[^\\s\\p{C}\\p{Default_Ignorable_Code_Point}]/u.test(value)',
				'',
			),
		],
	},
	{
		name: "goes by the machine's clock",
		shows: 'healthy answer thrown away',
		changes: [
			change(
				'http/client.js',
				'const endsAt = performance.now() + ms',
				'const endsAt = Date.now() + ms',
			),
			change('http/client.js', 'endsAt - performance.now()', 'endsAt - Date.now()'),
		],
	},
	{
		name: 'follows redirects',
		shows: 'foreign host reached',
		changes: [
			change('http/client.js', 'disableFollowRedirect: true', 'disableFollowRedirect: false'),
			change('http/credential.js', 'disableFollowRedirect: true', 'disableFollowRedirect: false'),
			change('http/credential.js', 'maxRedirects: 0,', ''),
		],
	},
	{
		name: 'pairs outputs with the wrong items',
		shows: 'wrong item',
		changes: [change('run.js', 'pairedItem: { item }', 'pairedItem: { item: item ^ 1 }')],
	},
	{
		name: 'leaves failed items out',
		shows: 'no result',
		changes: [
			change(
				'run.js',
				'return [{ ...(0, nodeErrors_1.failedItem)(item, result), ...link }];',
				'return [];',
			),
		],
	},
	{
		name: 'runs with Retry On Fail and Stop',
		shows: 'refused run sent something',
		changes: [change('issuance/safeSettings.js', '        refuseRetryOnFail(context);', '')],
	},
	{
		name: 'switches the old key off before the new one is stored',
		shows: 'old key off, though no new one is stored',
		changes: [
			change(
				'issuance/handOver.js',
				'const ended = await (0, subWorkflow_1.callSubWorkflow)',
				'await settleOldKey(run, creation); $&',
			),
		],
	},
	{
		name: 'switches the new key off in place of the old one',
		shows: 'stored key dead, and no error says so',
		changes: [change('issuance/handOver.js', 'run.api, replaces.id', 'run.api, outcome.id')],
	},
	{
		name: 'takes a failed hand-over for a good one',
		shows: 'dead key delivered',
		changes: [
			change('issuance/handOver.js', "if ('why' in ended) {", 'ended.said ??= [{}]; if (false) {'),
		],
	},
	{
		name: 'puts out what a sub-workflow says, the key included',
		shows: 'secret told',
		changes: [
			change('issuance/handOver.js', 'await (0, scrub_1.scrub)(json, secrets));', 'json);'),
		],
	},
	{
		name: 'takes a part of the list for the whole when it polls',
		shows: 'event told that did not happen',
		by: 'polls',
		changes: [
			change('trigger/poll.js', 'if (!isComplete || keys.length < entries.length)', 'if (false)'),
		],
	},
	{
		name: 'begins anew after a poll that failed',
		shows: 'event missed',
		by: 'polls',
		changes: [
			change(
				'trigger/poll.js',
				'throw nodeError;',
				"delete context.getWorkflowStaticData('node').state; $&",
			),
		],
	},
	{
		name: 'does not remember what it told',
		shows: 'event told twice',
		by: 'polls',
		changes: [
			change('trigger/poll.js', 'if (state !== before)', 'if (state !== before && !events.length)'),
		],
	},
	{
		name: 'has no catch around its steps',
		shows: 'live key unseen',
		by: 'injection',
		changes: [
			change('issuance/carryOut.js', '            noteBroken(run, error);', 'throw error;'),
		],
	},
	{
		name: 'has no second way to report',
		shows: 'live key unseen',
		by: 'injection',
		changes: [NO_SECOND_REPORT],
	},
	{
		name: 'lets n8n see what is thrown, whatever On Error says',
		shows: 'input passed off as success',
		by: 'injection',
		changes: [NO_SECOND_REPORT, change('operations/index.js', 'if (stops)', 'if (true)')],
	},
];

/**
 * Makes one change to the text of a file.
 *
 * @throws {Error} when the place is not there any more, or is not the only one
 */
export function apply({ file, search, replace }: Change, text: string): string {
	const parts = text.split(search);
	if (parts.length !== 2) {
		throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${search}`);
	}
	return parts.join(replace.replace('$&', () => search));
}

/** Where a file that is changed stands in a copy of the package. */
export const pathIn = (folder: string, file: string): string =>
	path.join(folder, 'dist', 'nodes', 'DigiCert', file);
