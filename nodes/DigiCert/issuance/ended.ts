import type { Outcome } from './outcome';
import type { IssuanceRequest } from './request';

/** A request, and what became of it. */
export type Ended<T> = readonly [request: IssuanceRequest, outcome: T];

/** What became of a run's requests; those that were not started have no entry. */
export type Outcomes = ReadonlyMap<IssuanceRequest, Outcome>;

type OfKind<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/** The requests that ended in one way, in input order. */
export function endedAs<K extends Outcome['kind']>(
	kind: K,
	requests: readonly IssuanceRequest[],
	outcomes: Outcomes,
): Array<Ended<OfKind<K>>> {
	const isOfKind = (outcome: Outcome | undefined): outcome is OfKind<K> => outcome?.kind === kind;
	const ended: Array<Ended<OfKind<K>>> = [];
	for (const request of requests) {
		const outcome = outcomes.get(request);
		if (isOfKind(outcome)) ended.push([request, outcome]);
	}
	return ended;
}
