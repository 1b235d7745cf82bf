/** What is written into the pages by tools: tables, between marks. */

/** Rows as a Markdown table, the first as its head. Prettier aligns it. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
	const [head = [], ...body] = rows;
	const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
	return [head, head.map(() => '---'), ...body].map(line).join('\n');
}

/** A text without what prettier does to its tables. */
export function unaligned(text: string): string {
	return text.replace(/-{3,}/g, '---').replace(/ +/g, ' ').trim();
}

/**
 * What stands before, between and after the marks of a page, the marks themselves left out.
 *
 * @throws {Error} when it has none
 */
export function splitAt(
	page: string,
	mark: string,
): [before: string, between: string, after: string] {
	const [before, rest] = page.split(`<!-- ${mark} -->`);
	const [between, after] = rest?.split(`<!-- /${mark} -->`) ?? [];
	if (before === undefined || between === undefined || after === undefined) {
		throw new Error(`The page has no place for the tables of ${mark}`);
	}
	return [before, between, after];
}

/** A page with this between its marks. @throws {Error} when it has none */
export function withBetween(page: string, mark: string, text: string): string {
	const [before, , after] = splitAt(page, mark);
	return `${before}<!-- ${mark} -->\n\n${text}\n\n<!-- /${mark} -->${after}`;
}
