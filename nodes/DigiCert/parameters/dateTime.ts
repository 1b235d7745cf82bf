/** A date or time without a zone, as n8n's date picker stores it. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/;

/** How far a zone's clocks are ahead of UTC at a moment, in ms. */
function offsetOf(moment: Date, timeZone: string): number {
	const clock = new Intl.DateTimeFormat('sv-SE', {
		timeZone,
		dateStyle: 'short',
		timeStyle: 'medium',
	});
	const asIfUtc = new Date(`${clock.format(moment).replace(' ', 'T')}Z`);
	return asIfUtc.getTime() - Math.trunc(moment.getTime() / 1000) * 1000;
}

/**
 * Reads a date or time that a user or an expression gives: text, a Date, or ms since 1970.
 *
 * @param timeZone the workflow's, in which text without a zone is meant
 * @returns an invalid date when the value is none
 */
export function readDateTime(value: unknown, timeZone: string): Date {
	if (value instanceof Date || typeof value === 'number') return new Date(value);
	if (typeof value !== 'string') return new Date(Number.NaN);
	const text = value.trim();
	if (!WITHOUT_ZONE.test(text)) return new Date(text);
	const asIfUtc = new Date(`${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`);
	if (Number.isNaN(asIfUtc.getTime())) return asIfUtc;
	// The offset belongs to the moment that is looked for, so it is taken from a first estimate.
	const estimate = new Date(asIfUtc.getTime() - offsetOf(asIfUtc, timeZone));
	return new Date(asIfUtc.getTime() - offsetOf(estimate, timeZone));
}
