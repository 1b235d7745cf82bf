import type { Exchange } from './exchange';

/**
 * Statuses that gateways send when they lost patience or the client, and that say nothing about
 * what became of the request behind them.
 */
const GATEWAY_STATUSES = [408, 499];

/** Whether DigiCert said no. Any other answer that is no success leaves open what was done. */
export function isRefusal(exchange: Exchange): boolean {
	return (
		exchange.kind === 'reply' &&
		exchange.status >= 400 &&
		exchange.status < 500 &&
		!GATEWAY_STATUSES.includes(exchange.status)
	);
}

/** Whether DigiCert carried the request out. */
export function isSuccess(exchange: Exchange): boolean {
	return exchange.kind === 'reply' && exchange.status >= 200 && exchange.status < 300;
}

/** Whether DigiCert sent the request elsewhere. It is never followed. */
export function isRedirect(exchange: Exchange): boolean {
	return exchange.kind === 'reply' && [301, 302, 303, 307, 308].includes(exchange.status);
}

/** Whether a request was broken off, here or at a gateway, so that it may be under way yet. */
export function isBrokenOff(exchange: Exchange): boolean {
	if (exchange.kind === 'interrupted') return true;
	return exchange.kind === 'reply' && [...GATEWAY_STATUSES, 502, 504].includes(exchange.status);
}
