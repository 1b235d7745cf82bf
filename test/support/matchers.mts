/** Jest's matchers as values of no particular type: jest itself gives them as `any`. */
export const anyNumber: unknown = expect.any(Number);
export const anyText: unknown = expect.any(String);
export const textWith = (part: string): unknown => expect.stringContaining(part);
export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const listWith = (...entries: unknown[]): unknown => expect.arrayContaining(entries);
export const objectWith = (fields: Record<string, unknown>): unknown =>
	expect.objectContaining(fields);
