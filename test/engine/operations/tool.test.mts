import type { INode } from 'n8n-workflow';

import { agentWays, useAgents } from '../../support/agents.mts';
import { keyPairs, pemOf } from '../../support/keyPairs.mts';
import { byId, useLab } from '../../support/lab.mts';
import { anyText } from '../../support/matchers.mts';
import { list, parse, record } from '../../support/read.mts';
import { jsonOf } from '../../support/told.mts';

const lab = useLab();
const publicKey = pemOf(keyPairs['P-256'].publicKey);

/** What a model sends; `publicKey` is there to be misused. */
const given = { name: 'By a model', publicKey, x: 'x' };

const agent = useAgents(lab, given);
const call = async (...args: Parameters<typeof agent>) => (await agent(...args)).answer;

describe.each(agentWays)('an agent that %s', (way) => {
	const create = (options: object, settings: Partial<INode> = {}) =>
		call(
			way,
			{
				userId: byId(lab.sandbox.certCentral.us.users.person),
				name: "={{ $fromAI('name', '', 'string') }}",
				restrictedToRoleId: 0,
				options,
			},
			settings,
		);

	test.each([{}, { onError: 'continueRegularOutput' as const }])(
		'creates nothing without a recipient, and the model reads why (%j)',
		async (settings) => {
			const answer = await create({}, settings);
			expect(answer).toContain("needs 'Recipient Public Key' in its options");
			expect(answer).toContain('Nothing was created');
			expect(lab.sandbox.requests()).toEqual([]);
		},
	);

	test.each([
		publicKey,
		"={{ $('Start').item.json.publicKey }}",
		"={{ $('Start').item.json.publicKey || $('Start').item.json.other }}",
	])(
		"creates a key for the author's recipient, and the model never sees it",
		async (recipientPublicKey) => {
			const [json] = list(parse(await create({ recipientPublicKey })));
			expect(json).toMatchObject({ name: 'By a model', api_key_jwe: anyText });
			expect(json).not.toHaveProperty('api_key');
			expect(lab.created()).toHaveLength(1);
		},
	);

	test.each(['stopWorkflow', 'continueErrorOutput'] as const)(
		'Retry On Fail with %s is refused before anything is sent',
		async (onError) => {
			const settings = { onError, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
			const answer = await create({ recipientPublicKey: publicKey }, settings);
			expect(answer).toContain("'Retry On Fail' cannot be used for an AI tool");
			expect(lab.sandbox.requests()).toEqual([]);
		},
	);

	test('a failure reads as one, whatever On Error says', async () => {
		const answer = await call(
			way,
			{ operation: 'get', keyId: byId(999_999) },
			{ onError: 'continueRegularOutput' },
		);
		expect(answer).toContain('DigiCert did not find key 999999');
	});

	test('lists and switches off without a recipient', async () => {
		const { id } = jsonOf(await lab.createUserKeys([lab.item('A')]));
		const all = { operation: 'getMany', returnAll: true, filters: { nameContains: 'A' } };
		const keys = list(parse(await call(way, all)));
		expect(keys.map((key) => record(key).id)).toContain(id);
		const [revoked] = list(parse(await call(way, { operation: 'revoke', keyId: byId(id) })));
		expect(revoked).toEqual({ id, status: 'revoked' });
	});

	// The expressions are judged alike, whoever calls.
	if (way === 'asks') return;
	test.each([
		"={{ $fromAI('publicKey', '', 'string') }}",
		"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('publicKey', ``, 'string') }}",
		'={{ $json.publicKey }}',
		"={{ $json['publicKey'] }}",
		'={{ $input.item.json.publicKey }}',
		"={{ $fromai('publicKey') }}",
		"={{ $('Start').item.json.publicKey + $json.publicKey }}",
		'={{ \\u0024json.publicKey }}',
		{ kty: 'EC', crv: 'P-256', x: "={{ $fromAI('x', '', 'string') }}", y: 'y' },
	])('creates nothing for a recipient whom the model could choose: %s', async (expression) => {
		const answer = await create({ recipientPublicKey: expression });
		expect(answer).toContain('from the author of the workflow, not from the model');
		expect(lab.sandbox.requests()).toEqual([]);
	});
});
