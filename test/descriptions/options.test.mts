import { readFileSync } from 'node:fs';

import { optionTables } from '../../tools/described.mts';
import { unaligned } from '../../tools/markdown.mts';
import { PAGE, withTables } from '../../tools/optionsTable.mts';

const page = readFileSync(PAGE, 'utf8');
// Before another test has n8n load the nodes, which adds to what they say.
const right = withTables(page);
const tables = optionTables();

test('the tables and labels are what the nodes and credentials say', () => {
	// Mended by: npx tsx tools/optionsTable.mts --write
	expect(unaligned(page)).toBe(unaligned(right));
});

test('each option is explained, and nothing that does not exist', () => {
	const options = tables.filter(({ heading }) => heading.endsWith(': Options'));
	const wanted = options.flatMap(({ fields }) => fields.map(({ name }) => name));
	const known = tables.flatMap(({ fields }) => fields.map(({ name }) => name));
	const explained = [...page.matchAll(/<!-- field: (\w+) -->\n\n### .+\n\n\S/g)].map(
		([, name = '']) => name,
	);
	expect(wanted.length).toBeGreaterThan(5);
	expect(wanted.filter((name) => !explained.includes(name))).toEqual([]);
	expect(explained.filter((name) => !known.includes(name))).toEqual([]);
});
