import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { explainRefused, explainUnanswered } from '../errors/explain';
import type { Subject } from '../errors/explanation';
import { DigiCertFailure } from '../errors/failure';
import type { ApiClient, ApiRequest } from '../http/client';
import { isRedirect, isRefusal, isSuccess } from '../http/doubt';
import type { Exchange, Interrupted, Reply } from '../http/exchange';
import { isRecord } from '../values';
import type { Pacer } from '../http/pacer';
import { sendPaced } from '../http/sendPaced';
import { readServerErrors } from '../http/serverErrors';

/** Most times a call that reads or sets something is sent, 429 not counted. */
const MOST_TRIES = 3;
/** Pause before the second try, in ms; doubles, with jitter. */
const FIRST_PAUSE = 200;

/** The execution was cancelled before the request could go out. */
const NOT_SENT: Interrupted = { kind: 'interrupted', cause: 'cancelled', detail: '' };

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
	/** Sends a PUT that sets a state, in the same way. Throws DigiCertFailure. */
	set(path: string, subject: Subject, body: IDataObject): Promise<void>;
	/** The same with another key in place of the credential's. */
	withKey(apiKey: string): Session;
}

/** Whether sending again may help: the way was broken, or DigiCert or a gateway was. */
function mayPass(exchange: Exchange): boolean {
	if (exchange.kind === 'interrupted') return exchange.cause !== 'cancelled';
	return (
		exchange.kind === 'reply' &&
		!isSuccess(exchange) &&
		!isRefusal(exchange) &&
		!isRedirect(exchange)
	);
}

/** Whether an answer confirms a change: DigiCert sends 204, or at least nothing that says otherwise. */
function confirms({ json, bodyKind }: Reply): boolean {
	if (bodyKind === 'an empty body') return true;
	return isRecord(json) && readServerErrors(json).length === 0;
}

/**
 * @param pacer the run's, so that its pauses hold for these calls as well
 * @param isCancelled whether the execution was cancelled
 */
export function openSession(client: ApiClient, pacer: Pacer, isCancelled: () => boolean): Session {
	/** Sends a request until it has an answer, and tells whether a try before it was in doubt. */
	async function exchangeWith(
		request: ApiRequest,
	): Promise<{ exchange: Exchange; doubt: boolean }> {
		let timeoutMs = client.timeoutMs;
		for (let tries = 1; ; tries++) {
			const doubt = tries > 1;
			const sent = await sendPaced(client, pacer, { ...request, timeoutMs }, isCancelled);
			if (sent === undefined) return { exchange: NOT_SENT, doubt };
			const { exchange, sentAt } = sent;
			const pause = FIRST_PAUSE * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
			timeoutMs -= Date.now() - sentAt.getTime() + pause;
			if (!mayPass(exchange) || tries === MOST_TRIES || timeoutMs <= 0) return { exchange, doubt };
			await sleep(pause);
		}
	}

	/** The answer to a request that DigiCert carried out. */
	async function demand(request: ApiRequest, subject: Subject): Promise<Reply> {
		const changes = request.method !== 'GET';
		const { exchange, doubt } = await exchangeWith(request);
		if (exchange.kind === 'reply' && isSuccess(exchange) && (!changes || confirms(exchange))) {
			return exchange;
		}
		const refused =
			exchange.kind === 'unreached' || (exchange.kind === 'reply' && isRefusal(exchange));
		// A no to a later try does not undo what an earlier one may have changed.
		const isNo = refused && !(changes && doubt);
		throw new DigiCertFailure(
			isNo
				? explainRefused(client, exchange, subject)
				: explainUnanswered(client, exchange, changes),
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
		withKey: (apiKey) => openSession(client.withKey(apiKey), pacer, isCancelled),
	};
}
