import type { ApiClient, ApiRequest } from './client';
import type { Exchange } from './exchange';
import type { Pacer } from './pacer';

/** A request that was sent, and when, by this machine's clock. */
export interface Sent {
	readonly exchange: Exchange;
	readonly sentAt: Date;
}

/**
 * Sends a request when the rate limit allows it. A 429 is waited for and sent again, because
 * DigiCert refuses it before acting on it (digicert-api.md A.2 and G.2); nothing else is.
 *
 * @param isStopped once true, the request is not sent (again)
 * @returns the last answer, a 429 if the wait ended with it; undefined when nothing was sent
 */
export async function sendPaced(
	client: ApiClient,
	pacer: Pacer,
	request: ApiRequest,
	isStopped: () => boolean,
): Promise<Sent | undefined> {
	let last: Sent | undefined;
	for (;;) {
		const turn = await pacer.ready();
		if (isStopped()) {
			pacer.pass(turn);
			return last;
		}
		const sentAt = new Date();
		const exchange = await client.send(request);
		last = { exchange, sentAt };
		const limited = exchange.kind === 'reply' && exchange.status === 429;
		if (!limited) pacer.pass(turn);
		if (!limited || !pacer.pause(turn, exchange.retryAfterMs)) return last;
	}
}
