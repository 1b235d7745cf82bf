import type { IDataObject } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { DigiCertFailure } from '../errors/failure';
import type { Subject } from '../errors/failure';
import { isRecord, textOf } from '../values';
import { classify, isRedirect } from './classify';
import type { ApiClient, ApiRequest } from './client';
import { readServerErrors } from './exchange';
import type { Exchange, Interrupted, Reply } from './exchange';
import { explainRefused, explainUnanswered } from './explain';
import type { Pacer } from './pacing';
import { pauses, sendPaced } from './pacing';

/** Most times a call that reads or sets something is sent, 429 not counted. */
const MOST_TRIES = 3;

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
	if (exchange.kind === 'interrupted' && exchange.cause === 'cancelled') return false;
	return classify(exchange) === 'unknown' && !isRedirect(exchange);
}

/** The statuses that a key can be set to (digicert-api.md A.4.5, B.2.4). */
const KEY_STATUSES = ['active', 'revoked', 'inactive'];

/**
 * Whether an answer confirms a change: DigiCert sends 204, or at least nothing that says otherwise,
 * such as the key in another status.
 */
function confirms({ json, bodyKind }: Reply, { status: asked }: IDataObject): boolean {
	if (bodyKind === 'an empty body') return true;
	if (!isRecord(json) || readServerErrors(json).length > 0) return false;
	const status = textOf(json.status).toLowerCase();
	return asked === undefined || status === asked || !KEY_STATUSES.includes(status);
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
			// Of the last sending: waiting for the rate limit has a limit of its own.
			let sentAt = performance.now();
			let last: Exchange = NOT_SENT;
			const send: ApiClient['send'] = async (sent) => {
				sentAt = performance.now();
				last = await client.send(sent);
				return last;
			};
			const sender = { ...client, send };
			const exchange = await sendPaced(sender, pacer, { ...request, timeoutMs }, isCancelled);
			// Stopped before it was sent, or between two 429s.
			if (exchange === undefined) return { exchange: last, doubt };
			const pause = pauses.repeat * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
			timeoutMs -= performance.now() - sentAt + pause;
			if (!mayPass(exchange) || tries === MOST_TRIES || timeoutMs <= 0) return { exchange, doubt };
			await sleep(pause);
		}
	}

	/** The answer to a request that DigiCert carried out. */
	async function demand(request: ApiRequest, subject: Subject): Promise<Reply> {
		const { body } = request;
		const changes = body !== undefined;
		const { exchange, doubt } = await exchangeWith(request);
		const verdict = classify(exchange);
		if (exchange.kind === 'reply' && verdict === 'done' && (!changes || confirms(exchange, body))) {
			return exchange;
		}
		const refused = verdict === 'refused' || verdict === 'limited';
		// A no to a later try does not undo what an earlier one may have changed.
		const isNo = refused && !(changes && doubt);
		throw new DigiCertFailure(
			isNo && exchange.kind !== 'interrupted'
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
