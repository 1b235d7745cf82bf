/** A name that a format could have, and not data that is used as one, such as an ID or an address. */
const FIELD_NAME = /^[A-Za-z_](?!.*\d{3})[A-Za-z0-9_]{0,39}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ])\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;

function textKind(text: string): string {
	if (text === '') return 'empty text';
	const [, separator, , zone] = DATE_TIME.exec(text) ?? [];
	if (separator === undefined) return 'text';
	const zoneKind =
		zone === undefined ? 'without a zone' : zone === 'Z' ? 'with Z' : 'with an offset';
	return `${separator === 'T' ? 'ISO 8601 time' : 'time with a space'} ${zoneKind}`;
}

/** What a value is, without the value. @param {unknown} value */
function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'list';
	return typeof value === 'string' ? textKind(value) : typeof value;
}

/**
 * Names and types of the fields in a body, at any depth: `api_keys[].user.id`. Never a value.
 *
 * @param body parsed JSON
 * @returns the types of each field, and `, sometimes` where other objects
 *   beside it lack it
 */
export function shapeOf(body: unknown): Map<string, string> {
	const fields = new Map<string, { kinds: Set<string>; count: number }>();
	/** How many objects were seen at each path. */
	const objects = new Map<string, number>();

	function note(value: unknown, path: string): void {
		if (Array.isArray(value)) {
			for (const element of value) note(element, `${path}[]`);
		} else if (typeof value === 'object' && value !== null) {
			objects.set(path, (objects.get(path) ?? 0) + 1);
			for (const [name, inner] of Object.entries<unknown>({ ...value })) {
				const shown = FIELD_NAME.test(name) ? name : '(a name that is not shown)';
				const at = path === '' ? shown : `${path}.${shown}`;
				const field = fields.get(at) ?? { kinds: new Set<string>(), count: 0 };
				field.kinds.add(kindOf(inner));
				fields.set(at, { ...field, count: field.count + 1 });
				note(inner, at);
			}
		}
	}
	note(body, '');
	return new Map(
		[...fields].map(([path, { kinds, count }]) => {
			const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
			const always = count >= (objects.get(parent) ?? 0);
			return [path, [...kinds].sort().join(' or ') + (always ? '' : ', sometimes')];
		}),
	);
}

/** What DigiCert's error codes look like: words, no digits, no addresses. */
const CODE = /^[a-z]+([_|][a-z]+)*$/;

/**
 * The error codes in a body that says no: `access_denied|missing_permission`. Anything that is
 * not in the form of a code is left out.
 *
 * @param body parsed JSON
 */
export function codesIn(body: unknown): string[] {
	if (Array.isArray(body)) return body.flatMap(codesIn);
	if (typeof body !== 'object' || body === null) return [];
	return Object.entries<unknown>({ ...body }).flatMap(([name, value]) => {
		if (typeof value !== 'string') return codesIn(value);
		const isCode = ['code', 'error', 'error_code'].includes(name) && CODE.test(value);
		return isCode && value.length <= 80 ? [value] : [];
	});
}
