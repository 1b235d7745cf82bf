import { faults } from './faults.mts';
import type { Sandbox } from './index.mts';

/** What a person needs to try the sandbox, as text for a terminal. */
export function guideText(sandbox: Sandbox): string {
	const { origin, certCentral, partner } = sandbox;
	const { us, eu } = certCentral;
	return [
		'DigiCert sandbox: made-up data. Ctrl+C stops it.',
		'',
		'Paste into n8n: a new credential "DigiCert CertCentral API"',
		...rows('Region', ['Custom Base URL']),
		...rows('Base URL', [us.baseUrl]),
		...rows('API Key', [us.keys.administrator]),
		'and a new credential "DigiCert Partner Subscriptions API"',
		...rows('API Key', [partner.keys.parent]),
		...rows('Base URL', [partner.baseUrl]),
		'Both credentials test green. A user to make a key for is',
		`${us.users.person}, a subaccount ${partner.accounts.subaccount}.`,
		'n8n in Docker: start the container with --network host and paste the same.',
		'',
		'All keys and IDs',
		...api('CertCentral US', us, us.users),
		...api('CertCentral Europe', eu, eu.users),
		...api('Partner Subscriptions', partner, partner.accounts),
		'Faults: the next key named CI is made, but its reply is lost:',
		`  curl ${origin}/sandbox/faults -H 'content-type: application/json' \\`,
		`    -d '{ "preset": "dropAfter", "match": { "name": "CI" } }'`,
		`  Presets: ${Object.keys(faults).join(', ')}`,
		'',
		'What happened',
		`  curl ${origin}/sandbox/requests`,
		`  curl ${origin}/sandbox/keys`,
		'',
	].join('\n');
}

function api(
	title: string,
	{ baseUrl, keys }: { baseUrl: string; keys: Record<string, string> },
	ids: Record<string, number>,
): string[] {
	return [`${title}, ${baseUrl}`, ...rows('Keys', table(keys)), ...rows('IDs', table(ids)), ''];
}

/** @param label printed before the first line only */
function rows(label: string, lines: string[]): string[] {
	return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(10)}${line}`);
}

function table(entries: Record<string, string | number>): string[] {
	return Object.entries(entries).map(([name, value]) => `${name.padEnd(17)}${value}`);
}
