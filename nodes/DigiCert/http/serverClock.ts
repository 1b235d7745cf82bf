/** What is known of DigiCert's clock, from the `Date` headers of its answers (RFC 9110, 6.6.1). */
export interface ServerClock {
	/**
	 * Takes an answer's time into account.
	 *
	 * @param date the header's value, if any: an HTTP date, in whole seconds
	 * @param receivedAt when the answer was there, by this machine's clock, in ms
	 */
	note(date: unknown, receivedAt: number): void;
	/**
	 * The earliest time that DigiCert's clock can have shown at a moment of ours.
	 *
	 * @returns undefined while no answer has told DigiCert's time
	 */
	earliestAt(moment: Date): Date | undefined;
}

/** Of several answers, the one that came fastest tells most. */
export function createServerClock(): ServerClock {
	let leastLead: number | undefined;
	return {
		note(date, receivedAt) {
			const told = typeof date === 'string' ? Date.parse(date) : Number.NaN;
			if (Number.isNaN(told)) return;
			leastLead = Math.max(leastLead ?? -Infinity, told - receivedAt);
		},
		earliestAt: (moment) =>
			leastLead === undefined ? undefined : new Date(moment.getTime() + leastLead),
	};
}
