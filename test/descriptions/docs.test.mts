import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { NAMES } from '../live/settings.mts';
import { PACKAGE_ROOT } from '../support/engine.mts';
import { ISSUING } from '../support/issuing.mts';
import { keyPairs, pemOf } from '../support/keyPairs.mts';
import { byId, useLab } from '../support/lab.mts';
import { anyNumber, listWith } from '../support/matchers.mts';
import { list, parse, present, record, text } from '../support/read.mts';
import { jsonOf } from '../support/told.mts';

type Fields = Record<string, unknown>;

const lab = useLab({ rateLimits: [] });

/** Markdown files of a folder, as paths from the package's root. */
function markdownIn(folder: string): string[] {
	const names = readdirSync(path.join(PACKAGE_ROOT, folder));
	return names.filter((name) => name.endsWith('.md')).map((name) => path.join(folder, name));
}

const FILES = ['.', 'docs', 'docs/reference', 'examples', 'sandbox'].flatMap(markdownIn);
const textOf = (file: string) => readFileSync(path.join(PACKAGE_ROOT, file), 'utf8');
/** README and what it leads to for users. */
const USER_DOCS = FILES.filter((file) => file === 'README.md' || path.dirname(file) === 'docs');

/** A file without what is quoted as code. */
function proseOf(file: string): string {
	return textOf(file).replace(/^( *)(```+)[^]*?^ *\2/gm, '');
}

describe('links', () => {
	/** The anchors that GitHub and npm give to a file's headings. */
	function anchorsOf(file: string): string[] {
		return [...proseOf(file).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\p{L}\p{N}_ -]/gu, '')
				.replaceAll(' ', '-'),
		);
	}

	test.each(FILES)('%s leads to what is there', (file) => {
		const prose = proseOf(file).replace(/`[^`\n]*`/g, '');
		const dead = [...prose.matchAll(/\]\((?!https?:)([^)\s]*)\)/g)]
			.map(([, link = '']) => link)
			.filter((link) => {
				const [target = '', anchor] = link.split('#');
				const linked = target === '' ? file : path.join(path.dirname(file), target);
				if (!existsSync(path.join(PACKAGE_ROOT, linked))) return true;
				return anchor !== undefined && !anchorsOf(linked).includes(anchor);
			});
		expect(dead).toEqual([]);
	});
});

describe('samples', () => {
	const keyId = byId('={{ $json.key }}');
	const encrypted = { options: { recipientPublicKey: pemOf(keyPairs['P-256'].publicKey) } };
	const keyNamed = (name: string) => ({ key: lab.seeded(name).id });

	/** What makes each kind of output beside the operations that create keys: parameters and an item. */
	const RUNS: Record<string, () => [Fields, Fields]> = {
		'userApiKey.create, encrypted': () => [
			{ ...present(ISSUING['userApiKey.create']).parameters, ...encrypted },
			lab.item('A'),
		],
		// A key that was used: it is the credential's.
		'userApiKey.rotate': () => [{ keyId, name: '' }, keyNamed('Administrator')],
		'userApiKey.revoke': () => [{ keyId }, keyNamed('Standard user')],
		'subaccountApiKey.deactivate': () => [{ keyId }, keyNamed('First customer key')],
	};

	/** Names and types, to any depth. */
	function formOf(value: unknown): unknown {
		if (typeof value !== 'object' || value === null) return typeof value;
		return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, formOf(inner)]));
	}

	async function run(name: string): Promise<object> {
		const [resource = '', operation = ''] = name.replace(/,.*/, '').split('.');
		const issuing = ISSUING[name];
		const [parameters, item] =
			issuing === undefined || name in RUNS
				? present(RUNS[name], name)()
				: [issuing.parameters, issuing.item(lab)];
		const execution = await lab.perform(resource, operation, [item], { parameters });
		expect(execution.error).toBeUndefined();
		return jsonOf(execution);
	}

	const BLOCKS = USER_DOCS.flatMap((file) =>
		[...textOf(file).matchAll(/(?:<!-- sample: (.+) -->\n\n)?^```json\n([^]*?)^```/gm)].map(
			([, name = '', json = '']) => ({ file, name, json }),
		),
	);
	const INLINE = USER_DOCS.flatMap((file) =>
		[...proseOf(file).matchAll(/`(\{ "[^`]*\})`/g)].map(([, json = '']) => ({ file, json })),
	);

	test('are there, in the main places', () => {
		const names = BLOCKS.map(({ name }) => name);
		expect(names).toEqual(
			listWith('userApiKey.create', 'subaccountApiKey.create', 'userApiKey.rotate'),
		);
	});

	test.each(BLOCKS)('$file: $name has the fields of a real output', async ({ name, json }) => {
		expect(formOf(parse(json))).toEqual(formOf(await run(name)));
	});

	test.each(INLINE)('$file: $json has the fields of a real output', async ({ json }) => {
		const sample = record(parse(json));
		const ofPartner = sample.status === 'inactive';
		const name = ofPartner ? 'subaccountApiKey.deactivate' : 'userApiKey.revoke';
		const real = await run(name);
		expect(sample).toEqual({ ...real, id: anyNumber });
	});
});

describe('errors', () => {
	/** Everything that the built node can say, in one text. */
	function wordsOfTheNode() {
		const folder = path.join(PACKAGE_ROOT, 'dist', 'nodes', 'DigiCert');
		const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
		const sources = files.filter((file) => file.endsWith('.js'));
		return sources
			.map((file) => readFileSync(path.join(folder, file), 'utf8'))
			.join('\n')
			.replaceAll("\\'", "'");
	}
	/** The first cells of tables of errors. */
	function quotedIn(file: string) {
		const tables = textOf(file).matchAll(/^\| The (?:error|hint) says[^]*?(?=\n\n)/gm);
		return [...tables].flatMap(([table]) =>
			table
				.split('\n')
				.slice(2)
				.flatMap((row) => [...(row.split(/(?<!\\)\|/)[1] ?? '').matchAll(/`([^`]+)`/g)])
				.map(([, error = '']) => ({ file, error })),
		);
	}
	const QUOTED = USER_DOCS.flatMap(quotedIn);

	test('what pages quote is what the node says', () => {
		expect(QUOTED.length).toBeGreaterThan(9);
		const words = wordsOfTheNode();
		const isSaid = (error: string) => error.split('…').every((part) => words.includes(part.trim()));
		expect(QUOTED.filter(({ error }) => !isSaid(error))).toEqual([]);
	});
});

test('commands that the docs tell people to type exist', () => {
	const { scripts } = record(parse(textOf('package.json')));
	const commands = FILES.flatMap((file) =>
		[...textOf(file).matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name),
	);
	expect(commands).toContain('test:live');
	for (const command of commands) expect(scripts).toHaveProperty([command]);
});

test('the variables of the live tour are the ones that it reads', () => {
	const page = textOf('docs/live-tour.md');
	const named = [...page.matchAll(/\bDIGICERT_[A-Z_]+/g)].map(([name]) => name);
	expect(new Set(named)).toEqual(new Set(Object.values(NAMES)));
});

test('docs are not in the package', () => {
	const files = list(record(parse(textOf('package.json'))).files);
	expect(files.filter((entry) => /docs|README/.test(text(entry)))).toEqual([]);
});
