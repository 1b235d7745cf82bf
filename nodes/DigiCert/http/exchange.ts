/** A whole HTTP answer, whatever its status. */
export interface Reply {
	readonly kind: 'reply';
	readonly status: number;
	/** The parsed body, or undefined when the body is not JSON. Never nested deeper than `toReply` lets it. */
	readonly json: unknown;
	/** The body as it came, for answers that say no; empty for all others, which may hold a key. */
	readonly text: string;
	readonly bodyKind: 'JSON' | 'an HTML page' | 'an empty body' | 'text that is not JSON';
	/** Whether the body of an answer that is no success has, or may have, the value of a key in it. */
	readonly holdsKey: boolean;
	/** How long DigiCert asks to wait, in ms, when it sent a Retry-After header. */
	readonly retryAfterMs: number | undefined;
}

/** It is proven that the request never got as far as DigiCert: nothing can have happened there. */
export interface Unreached {
	readonly kind: 'unreached';
	readonly cause: 'refused' | 'address' | 'network' | 'certificate' | 'n8n';
	/** The system's error code, or n8n's own words when n8n would not send the request. */
	readonly detail: string;
}

/** The request may have reached DigiCert, but no whole answer came back. */
export interface Interrupted {
	readonly kind: 'interrupted';
	/** `node`: something was thrown while this node had the request in hand. */
	readonly cause: 'timeout' | 'connection' | 'tls' | 'cancelled' | 'node';
	/** The system's error code, or the name of what was thrown. */
	readonly detail: string;
}

/** What became of one request. Every request ends as exactly one of these; none throws. */
export type Exchange = Reply | Unreached | Interrupted;
