'use strict';

const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const prettier = require('prettier');

const ROOT = path.join(__dirname, '..', '..');

/**
 * Puts lines between `<!-- e2e:mark -->` and `<!-- /e2e:mark -->` of a page, in place of what is
 * there.
 *
 * @param {string} page path from the root of the repository
 * @param {string} mark
 * @param {string[]} lines Markdown
 * @throws {Error} when the page has no such marks
 */
async function writeBetween(page, mark, lines) {
	const file = path.join(ROOT, page);
	const [start, end] = [`<!-- e2e:${mark} -->`, `<!-- /e2e:${mark} -->`];
	const [before, rest, ...more] = readFileSync(file, 'utf8').split(start);
	const after = rest?.split(end)[1];
	if (before === undefined || after === undefined || more.length > 0) {
		throw new Error(`${page} has no single ${start} … ${end}`);
	}
	const text = `${before}${start}\n\n${lines.join('\n')}\n\n${end}${after}`;
	const config = await prettier.resolveConfig(file);
	writeFileSync(file, await prettier.format(text, { ...config, filepath: file }));
}

/** @param {string[]} head @param {Array<Array<string | number>>} rows @returns {string[]} a Markdown table */
function table(head, rows) {
	return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

module.exports = { table, writeBetween };
