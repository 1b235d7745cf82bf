'use strict';

const { faults } = require('./faults');

/**
 * What a person needs to try the sandbox, as text for a terminal.
 *
 * @param {import('./types').Sandbox} sandbox
 * @returns {string}
 */
function guideText({ origin, certCentral: { us, eu }, partner }) {
	const json = "-H 'content-type: application/json'";
	return [
		'DigiCert sandbox: made-up data, this computer only. Ctrl+C stops it.',
		'',
		...api('CertCentral US', 'X-DC-DEVKEY', us.baseUrl, us.keys, 'User ids', us.users),
		...api('CertCentral Europe', 'X-DC-DEVKEY', eu.baseUrl, eu.keys, 'User ids', eu.users),
		...api(
			'Partner Subscriptions',
			'X-PARTNER-APIKEY',
			partner.baseUrl,
			partner.keys,
			'Account ids',
			partner.accounts,
		),
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

/**
 * @param {string} title
 * @param {string} header
 * @param {string} baseUrl
 * @param {Record<string, string>} keys
 * @param {string} idsTitle
 * @param {Record<string, number>} ids
 */
function api(title, header, baseUrl, keys, idsTitle, ids) {
	return [
		title,
		...rows('Base URL', [baseUrl]),
		...rows('Header', [header]),
		...rows('Keys', table(keys)),
		...rows(idsTitle, table(ids)),
		'',
	];
}

/**
 * @param {string} label printed before the first line only
 * @param {string[]} lines
 */
function rows(label, lines) {
	return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(13)}${line}`);
}

/** @param {Record<string, string | number>} entries */
function table(entries) {
	return Object.entries(entries).map(([name, value]) => `${name.padEnd(17)}${value}`);
}

/**
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
function wrap(text, width) {
	const lines = text.match(new RegExp(`.{1,${width}}(?:\\s|$)`, 'g')) ?? [];
	return lines.map((line) => line.trimEnd());
}

module.exports = { guideText };
