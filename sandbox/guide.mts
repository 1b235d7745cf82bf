import { faults } from './faults.mts';
import type { Sandbox } from './index.mts';

/** What a person needs to try the sandbox, as text for a terminal. */
export function guideText({ origin, certCentral: { us, eu }, partner }: Sandbox): string {
	const json = "-H 'content-type: application/json'";
	return [
		'DigiCert sandbox: made-up data, this computer only. Ctrl+C stops it.',
		'',
		...api('CertCentral US', 'X-DC-DEVKEY', us, 'User ids', us.users),
		...api('CertCentral Europe', 'X-DC-DEVKEY', eu, 'User ids', eu.users),
		...api('Partner Subscriptions', 'X-PARTNER-APIKEY', partner, 'Account ids', partner.accounts),
		'In n8n, paste a key and its base URL into the credential (CertCentral: region Custom).',
		'',
		'Faults',
		'  The next key named CI is made, but its reply is lost:',
		`    curl ${origin}/sandbox/faults ${json} \\`,
		`      -d '{ "preset": "dropAfter", "match": { "name": "CI" } }'`,
		'  One request: send the header X-Sandbox-Fault: dropAfter',
		...wrap(`Presets: ${Object.keys(faults).join(', ')}`, 76).map((line) => `  ${line}`),
		'',
		'What happened',
		`  curl ${origin}/sandbox/requests`,
		`  curl ${origin}/sandbox/keys`,
		'',
	].join('\n');
}

function api(
	title: string,
	header: string,
	{ baseUrl, keys }: { baseUrl: string; keys: Record<string, string> },
	idsTitle: string,
	ids: Record<string, number>,
): string[] {
	return [
		title,
		...rows('Base URL', [baseUrl]),
		...rows('Header', [header]),
		...rows('Keys', table(keys)),
		...rows(idsTitle, table(ids)),
		'',
	];
}

/** @param label printed before the first line only */
function rows(label: string, lines: string[]): string[] {
	return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(13)}${line}`);
}

function table(entries: Record<string, string | number>): string[] {
	return Object.entries(entries).map(([name, value]) => `${name.padEnd(17)}${value}`);
}

function wrap(text: string, width: number): string[] {
	const lines = text.match(new RegExp(`.{1,${width}}(?:\\s|$)`, 'g')) ?? [];
	return lines.map((line) => line.trimEnd());
}
