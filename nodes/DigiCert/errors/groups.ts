/** IDs or item numbers in order, with runs of them drawn together: none is left out, however many there are. */
export function listIds(ids: readonly number[]): string {
	const ranges: Array<[first: number, last: number]> = [];
	for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
		const range = ranges.at(-1);
		if (range !== undefined && range[1] + 1 === id) range[1] = id;
		else ranges.push([id, id]);
	}
	return ranges
		.map(([first, last]) => {
			if (first === last) return String(first);
			return last === first + 1 ? `${first}, ${last}` : `${first}-${last}`;
		})
		.join(', ');
}

/** Most texts of a kind that an error has: those of DigiCert may differ from item to item. */
const MOST_TEXTS = 10;

/** Tells groups, all members among them. What is too much for texts of its own shares the last. */
export function tellGroups<T>(
	groups: ReadonlyMap<string, readonly T[]>,
	tell: (members: readonly T[], text: string) => string,
): string[] {
	const all = [...groups];
	const told = all.slice(0, MOST_TEXTS).map(([text, members]) => tell(members, text));
	const rest = all.slice(MOST_TEXTS).flatMap(([, members]) => members);
	return all.length > MOST_TEXTS ? [...told, tell(rest, 'For reasons like these.')] : told;
}
