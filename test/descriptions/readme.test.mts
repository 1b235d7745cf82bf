import { readFileSync } from 'node:fs';
import path from 'node:path';

import entry from '../..';
import { resources } from '../../dist/nodes/DigiCert/operations/index.js';
import { PACKAGE_ROOT } from '../support/engine.mts';

const README = readFileSync(path.join(PACKAGE_ROOT, 'README.md'), 'utf8');

/** The rows of a table, as lists of cells. @param {string} heading */
function tableUnder(heading) {
	const section = README.split(`\n## ${heading}\n`)[1].split('\n## ')[0].split('\n### ')[0];
	const rows = section.split('\n').filter((line) => line.startsWith('|'));
	const [, , ...body] = rows.map((row) =>
		row
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim()),
	);
	return body;
}

test("the table of operations is the node's own", () => {
	const labels = Object.fromEntries(
		[new entry.DigiCertCertCentralApi(), new entry.DigiCertPartnerApi()].map((credential) => [
			credential.name,
			credential.displayName,
		]),
	);
	const wanted = Object.values(resources).flatMap(({ name, api, operations }) =>
		Object.values(operations).map((operation) => [
			name,
			operation.name,
			operation.description,
			labels[api.credential],
		]),
	);
	expect(tableUnder('Operations').sort()).toEqual(wanted.sort());
});

test('the commands that it tells people to type exist', () => {
	const { scripts } = JSON.parse(readFileSync(path.join(PACKAGE_ROOT, 'package.json'), 'utf8'));
	const commands = [...README.matchAll(/npm (?:run )?(test|demo|sandbox|e2e)\b/g)].map(
		([, name]) => name,
	);
	expect(new Set(commands)).toEqual(new Set(['demo', 'e2e', 'sandbox', 'test']));
	for (const command of commands) expect(scripts).toHaveProperty(command);
});
