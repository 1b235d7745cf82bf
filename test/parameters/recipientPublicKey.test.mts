import {
	readRecipientPublicKey,
	recipientPublicKeyField,
} from '../../dist/nodes/DigiCert/parameters/recipientPublicKey.js';
import { optionsFieldWith } from '../../dist/nodes/DigiCert/parameters/options.js';
import { createEngine } from '../support/engine.mts';
import { openWithJose } from '../support/jose.mts';
import { jwkOf, keyPairs, pemOf, privatePemOf } from '../support/keyPairs.mts';
import { errorOf } from '../support/told.mts';
import { objectWith } from '../support/matchers.mts';

const { publicKey, privateKey } = keyPairs['P-256'];
const NODE = { name: 'Reader', type: 'test.reader' };

/** What a test's node does with what it reads. @type {(recipient: any) => any} */
let use;
let engine: Awaited<ReturnType<typeof createEngine>>;
beforeAll(async () => {
	engine = await createEngine();
	engine.nodeTypes.getKnownTypes()['test.reader'] = {
		description: {
			displayName: 'Reader',
			name: 'reader',
			group: [],
			version: 1,
			description: '',
			defaults: { name: 'Reader' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [optionsFieldWith(recipientPublicKeyField)],
		},
		/** @this {any} */
		async execute() {
			const indexes = [...this.getInputData().keys()];
			return [indexes.map((i) => ({ json: use(readRecipientPublicKey(this, i)) }))];
		},
	};
});
beforeEach(() => {
	use = (recipient) => ({ jwe: recipient?.encrypt('a new key') });
});

/** Runs a node with these options in n8n's engine. */
function run(options: object, items: any[] = [{}]) {
	const reader = {
		id: '1',
		...NODE,
		typeVersion: 1,
		position: [0, 0],
		parameters: { options },
	};
	return engine.run(
		{ nodes: [reader], connections: {} },
		{ items: items.map((json) => ({ json })) },
	);
}

test('each item has its own recipient, as text or as an object', async () => {
	const jwk = { ...jwkOf(publicKey), kid: 'mine' };
	const items = [{ key: pemOf(publicKey) }, { key: jwk }, { key: JSON.stringify(jwk) }];
	const { run: ran } = await run({ recipientPublicKey: '={{ $json.key }}' }, items);
	const locked = ran.data.resultData.runData.Reader[0].data.main[0].map(({ json }: any) => ({
		jwe: json.jwe,
		jwk: jwkOf(privateKey),
	}));
	const opened = openWithJose(locked);
	expect(opened.map(({ text }) => text)).toEqual(['a new key', 'a new key', 'a new key']);
	expect(opened.map(({ header }) => header.kid)).toEqual([undefined, 'mine', 'mine']);
});

test('without the option there is no recipient', async () => {
	use = (recipient) => ({ none: recipient === undefined });
	expect((await run({})).items('Reader')).toEqual([objectWith({ json: { none: true } })]);
});

test.each(['', '={{ undefined }}', '={{ null }}', '={{ $json.missing }}'])(
	'an option that is there and gives nothing (%p) is refused',
	async (recipientPublicKey) => {
		const error = errorOf(await run({ recipientPublicKey }));
		expect(error.message).toBe("'Recipient Public Key' is empty [item 0]");
		expect(error.description).toContain('Give one public key');
		expect(error.description).toMatch(/Nothing was sent for this item\.$/);
	},
);

test('a refusal names the item and repeats nothing', async () => {
	const secret = privatePemOf(privateKey);
	const items = [{ key: pemOf(publicKey) }, { key: secret }];
	const error = errorOf(await run({ recipientPublicKey: '={{ $json.key }}' }, items));
	expect(error.message).toBe("'Recipient Public Key' holds a private key [item 1]");
	expect(error.context.itemIndex).toBe(1);
	expect(JSON.stringify(error)).not.toContain(secret.slice(30, 60));
});

test.each([[{ __redacted: true, reason: 'node_defined_field', canReveal: false }]])(
	"n8n's marker for a hidden value is refused as what it is",
	async (key) => {
		const error = errorOf(await run({ recipientPublicKey: '={{ $json.key }}' }, [{ key }]));
		expect(error.message).toBe(
			"'Recipient Public Key' is not the real value, but a marker with which n8n hides it [item 0]",
		);
		expect(error.description).toContain('Run the whole workflow again');
	},
);

test('what nobody foresaw is told as it is, with the item', async () => {
	const context = /** @type {any} */ {
		getNode: () => NODE,
		getNodeParameter: () => ({
			get recipientPublicKey() {
				throw new Error('Odd');
			},
		}),
	};
	expect(() => readRecipientPublicKey(context, 2)).toThrow('Odd [item 2]');
});
