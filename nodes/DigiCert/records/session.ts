import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { explainRefused, explainUnanswered } from '../errors/explain';
import type { Subject } from '../errors/explanation';
import { DigiCertFailure } from '../errors/failure';
import type { ApiClient, ApiRequest } from '../transport/client';
import type { Exchange, Reply } from '../transport/exchange';
import type { Pacer } from '../transport/pacer';
import { sendPaced } from '../transport/sendPaced';

/** Most times a call that reads or sets something is sent, 429 not counted. */
const MOST_TRIES = 3;
/** Pause before the second try, in ms; doubles, with jitter. */
const FIRST_PAUSE = 200;

/** Reads and sets things at DigiCert. Only for calls that can be made twice without harm. */
export interface Session {
	readonly client: ApiClient;
	/**
	 * Sends a GET, again if the way was broken, at most three times within the timeout.
	 *
	 * @param isWanted whether the body has the form that the caller needs
	 * @throws DigiCertFailure
	 */
	read<T>(
		path: string,
		subject: Subject,
		isWanted: (json: unknown) => json is T,
		qs?: IDataObject,
	): Promise<T>;
	/** Sends a PUT that sets a state, in the same way. Any 2xx counts: DigiCert answers 204. */
	set(path: string, subject: Subject, body: IDataObject): Promise<void>;
}

function mayPass(exchange: Exchange): boolean {
	if (exchange.kind === 'reply') return exchange.status >= 500;
	return exchange.kind === 'interrupted' && exchange.cause !== 'cancelled';
}

/**
 * @param pacer the run's, so that its pauses hold for these calls as well
 * @param isCancelled whether the execution was cancelled
 */
export function openSession(client: ApiClient, pacer: Pacer, isCancelled: () => boolean): Session {
	async function exchangeWith(request: ApiRequest): Promise<Exchange> {
		const deadline = Date.now() + client.timeoutMs;
		for (let tries = 1; ; tries++) {
			const sent = await sendPaced(client, pacer, request, isCancelled);
			if (sent === undefined) return { kind: 'interrupted', cause: 'cancelled', detail: '' };
			const pause = FIRST_PAUSE * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
			const lastTry = tries === MOST_TRIES || Date.now() + pause >= deadline;
			if (!mayPass(sent.exchange) || lastTry) return sent.exchange;
			await sleep(pause);
		}
	}

	/** The answer to a request that DigiCert carried out. */
	async function demand(request: ApiRequest, subject: Subject): Promise<Reply> {
		const exchange = await exchangeWith(request);
		const isReply = exchange.kind === 'reply';
		if (isReply && exchange.status >= 200 && exchange.status < 300) return exchange;
		const refused = isReply && exchange.status >= 400 && exchange.status < 500;
		throw new DigiCertFailure(
			refused || exchange.kind === 'unreached'
				? explainRefused(client, exchange, subject)
				: explainUnanswered(client, exchange, request.method !== 'GET'),
		);
	}

	return {
		client,
		async read(path, subject, isWanted, qs) {
			const reply = await demand({ method: 'GET', path, qs }, subject);
			if (isWanted(reply.json)) return reply.json;
			throw new DigiCertFailure(explainUnanswered(client, reply, false));
		},
		async set(path, subject, body) {
			await demand({ method: 'PUT', path, body }, subject);
		},
	};
}
