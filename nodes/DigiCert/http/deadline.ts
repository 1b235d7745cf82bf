import { sleep } from 'n8n-workflow';

/** How often a deadline is looked at, in ms: n8n's rules leave no timer that can be taken back. */
const SLICE = 100;

/** A signal that aborts a request, and why it did. */
export interface Deadline {
	readonly signal: AbortSignal;
	/** Whether it was the time that ran out, not the execution that was cancelled. */
	readonly hasPassed: () => boolean;
	/** Ends the watch. To be called when the request is over. */
	readonly end: () => void;
}

/**
 * Aborts a request when its time is over or the execution is cancelled. n8n's own timeout counts
 * inactivity only, so a server that drips its answer would hold a run for ever (measured).
 *
 * @param cancelSignal the execution's
 */
export function startDeadline(ms: number, cancelSignal: AbortSignal | undefined): Deadline {
	const controller = new AbortController();
	const endsAt = Date.now() + ms;
	let over = false;
	let passed = false;
	const cancel = () => controller.abort();
	cancelSignal?.addEventListener('abort', cancel);

	async function watch(): Promise<void> {
		while (!over && Date.now() < endsAt) await sleep(Math.min(SLICE, endsAt - Date.now()));
		if (over) return;
		passed = true;
		controller.abort();
	}
	void watch();

	return {
		signal: controller.signal,
		hasPassed: () => passed,
		end: () => {
			over = true;
			cancelSignal?.removeEventListener('abort', cancel);
		},
	};
}
