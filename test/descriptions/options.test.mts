import { readFileSync } from 'node:fs';

import { optionTables } from '../../tools/described.mts';
import { unaligned } from '../../tools/markdown.mts';
import { PAGE, withTables } from '../../tools/optionsTable.mts';

const page = readFileSync(PAGE, 'utf8');

test('the tables and labels are what the nodes and credentials say', () => {
	// Mended by: npx tsx tools/optionsTable.mts --write
	expect(unaligned(page)).toBe(unaligned(withTables(page)));
});

test('each option is explained, and nothing that does not exist', () => {
	const tables = optionTables();
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
