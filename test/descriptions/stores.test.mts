import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';

const PAGE = readFileSync(path.join(process.cwd(), 'docs', 'stores.md'), 'utf8');

interface Section {
	readonly name: string;
	readonly text: string;
}

/** The sections about stores: all but the first. */
const SECTIONS: Section[] = PAGE.split(/^## /m)
	.slice(2)
	.map((section) => ({ name: section.split('\n')[0] ?? '', text: section }));

/** n8n's `base64Encode` for texts, which expressions may use. */
const PRELUDE = 'String.prototype.base64Encode = function () { return encode(String(this)); };';

/** A key whose value would break a body that is glued together. */
const ITEM = { id: 184, api_key: 'a"b\\c\nd', name: 'Build "server"' };

function evaluated(expression: string): unknown {
	const code = expression.replace(/^\{\{([^]*)\}\}$/, '$1');
	const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
	const body: unknown = runInNewContext(`${PRELUDE}(${code})`, { $json: ITEM, encode });
	return JSON.parse(String(body));
}

test('there is a section for each of twelve stores', () => {
	expect(SECTIONS.map(({ name }) => name)).toEqual([
		'AWS Secrets Manager',
		'AWS SSM Parameter Store',
		'Azure Key Vault',
		'Bitwarden',
		'Custodia',
		'Doppler',
		'GitHub secrets',
		'GitLab variables',
		'Google Secret Manager',
		'HashiCorp Vault and OpenBao',
		'Infisical',
		'1Password',
	]);
});

test.each(SECTIONS)('$name says what it was tried with', ({ text }) => {
	expect(text.trim().split('\n').at(-1)).toMatch(/^(Tried|Not tried)\b/);
});

describe('a body is JSON that holds the whole key', () => {
	const bodies = SECTIONS.flatMap(({ name, text }) =>
		[...text.matchAll(/```text\n(\{\{[^]*?\}\})\n```/g)].map(([, body = '']) => ({ name, body })),
	);

	test('all but GitHub, which encrypts it, have one', () => {
		expect(bodies).toHaveLength(11);
	});

	test.each(bodies)('$name', ({ name, body }) => {
		const base64 = Buffer.from(ITEM.api_key, 'utf8').toString('base64');
		const value = name.startsWith('Google') ? base64 : ITEM.api_key;
		expect(JSON.stringify(evaluated(body))).toContain(JSON.stringify(value));
	});

	test('the token of AWS has from 32 to 64 characters', () => {
		const [aws] = bodies;
		expect(JSON.stringify(evaluated(aws?.body ?? ''))).toMatch(
			/"ClientRequestToken":"[\w-]{32,64}"/,
		);
	});
});
