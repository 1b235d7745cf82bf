import { agentType, agentWays, agentWorkflow, toolType } from '../support/agents.mts';
import { keyPairs, pemOf } from '../support/keyPairs.mts';
import { byId, useLab } from '../support/lab.mts';
import { jsonOf } from '../support/told.mts';
import { anyText } from '../support/matchers.mts';

const lab = useLab();
const publicKey = pemOf(keyPairs['P-256'].publicKey);
const TOOL = 'n8n-nodes-digicert.digiCertTool';

/** What a model sends; `publicKey` is there to be misused. */
const given = { name: 'By a model', publicKey, x: 'x' };

beforeAll(() => {
	const types = lab.engine.nodeTypes.getKnownTypes();
	types[TOOL] = toolType(types['n8n-nodes-digicert.digiCert']);
	for (const way of agentWays) types[`test.${way}`] = agentType(way, given);
});

/** Lets an agent call our node once. @returns what the model gets to read */
async function call(
	way: string,
	parameters: Record<string, unknown>,
	settings: Record<string, unknown> = {},
) {
	const { us } = lab.sandbox.certCentral;
	const type = 'digiCertCertCentralApi';
	const credential = await lab.engine.credentials.store(type, {
		...{ apiKey: us.keys.administrator, region: 'custom', baseUrl: us.baseUrl },
	});
	const execution = await lab.run(
		agentWorkflow(`test.${way}`, {
			type: TOOL,
			credentials: { [type]: credential },
			parameters: { resource: 'userApiKey', operation: 'create', options: {}, ...parameters },
			...settings,
		}),
		{ items: [{ json: { publicKey } }] },
	);
	// With Stop Workflow, the newer agents do not get to answer.
	return String(execution.items('Agent')[0]?.json.answer ?? execution.error?.message);
}

describe.each(agentWays)('an agent that %s', (way) => {
	const create = (options: any, settings: any = {}) =>
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

	test.each([{}, { onError: 'continueRegularOutput' }])(
		'creates nothing without a recipient, and the model reads why (%j)',
		async (settings) => {
			const answer = await create({}, settings);
			expect(answer).toContain("needs 'Recipient Public Key' in its options");
			expect(answer).toContain('Nothing was created');
			expect(lab.sandbox.requests()).toEqual([]);
		},
	);

	test.each([
		"={{ $fromAI('publicKey', '', 'string') }}",
		"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('publicKey', ``, 'string') }}",
		'={{ $json.publicKey }}',
		"={{ $('Start').item.json.publicKey + $json.publicKey }}",
		'={{ \\u0024json.publicKey }}',
		{ kty: 'EC', crv: 'P-256', x: "={{ $fromAI('x', '', 'string') }}", y: 'y' },
	])('creates nothing for a recipient whom the model could choose: %s', async (expression) => {
		const answer = await create({ recipientPublicKey: expression });
		expect(answer).toContain('from the author of the workflow, not from the model');
		expect(lab.sandbox.requests()).toEqual([]);
	});

	test.each([
		publicKey,
		"={{ $('Start').item.json.publicKey }}",
		"={{ $('Start').item.json.publicKey || $('Start').item.json.other }}",
	])(
		"creates a key for the author's recipient, and the model never sees it",
		async (recipientPublicKey) => {
			const [json] = JSON.parse(await create({ recipientPublicKey }));
			expect(json).toMatchObject({ name: 'By a model', api_key_jwe: anyText });
			expect(json).not.toHaveProperty('api_key');
			expect(lab.created()).toHaveLength(1);
		},
	);

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'])(
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
		const { person } = lab.sandbox.certCentral.us.users;
		const made = await lab.createUserKeys([{ user: person, name: 'A' }]);
		const { id } = jsonOf(made);
		const list = { operation: 'getMany', returnAll: true, filters: { nameContains: 'A' } };
		const keys = JSON.parse(await call(way, list));
		expect(keys.map((key: any) => key.id)).toContain(id);
		const [revoked] = JSON.parse(await call(way, { operation: 'revoke', keyId: byId(id) }));
		expect(revoked).toEqual({ id, status: 'revoked' });
	});
});
