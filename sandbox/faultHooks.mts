import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultBook } from './faultBook.mts';
import type { Fault, RealReply } from './faults.mts';

/** Makes the faults act on the requests of one API. */
export function applyFaults(app: FastifyInstance, faultBook: FaultBook): void {
	// Not earlier than preValidation, because a fault may look for a name in the body.
	app.addHook('preValidation', async (request, reply) => {
		const fault = faultBook.take(request.entry);
		if (!fault) return undefined;
		request.fault = fault;
		request.entry.fault = fault.preset ?? 'raw';
		if (fault.when === 'after') return undefined;
		// A client that goes away meanwhile only shortens the wait: as with a real server, a
		// request that has arrived is acted on although nobody waits for the reply. Unless the fault
		// outlasts the client: then it is acted on in its own time.
		if (fault.outlast === true) await sleep(fault.delayMs ?? 0, undefined, { ref: false });
		else await pause(fault.delayMs ?? 0, reply);
		if (fault.action === 'drop') {
			reply.hijack();
			reply.raw.destroy();
		}
		// onSend puts the fault's reply in the place of this one.
		return fault.action === 'reply' ? reply.send('') : undefined;
	});

	// With a callback and not a promise: a reply that was cut must never come to its end, or
	// Fastify would write to the closed connection.
	app.addHook('onSend', (request, reply, payload, done) => {
		const { fault } = request;
		if (!fault) {
			done(null, payload);
			return;
		}
		// Spent. If it fails, the reply that reports this must not be hit again.
		request.fault = undefined;
		const text = typeof payload === 'string' || payload instanceof Buffer ? payload.toString() : '';
		replyWithFault(fault, request, reply, text).then((body) => {
			if (body !== undefined) done(null, body);
		}, done);
	});
}

/**
 * @param text the body that the real handler gave
 * @returns the body to send; undefined when the connection has ended
 */
async function replyWithFault(
	fault: Fault,
	request: FastifyRequest,
	reply: FastifyReply,
	text: string,
): Promise<string | Uint8Array | undefined> {
	if (fault.when === 'after') await pause(fault.delayMs ?? 0, reply);
	if (reply.raw.destroyed) return undefined;
	if (fault.action === 'drop') {
		reply.raw.destroy();
		return undefined;
	}
	if (fault.action === 'half' || fault.action === 'headers') {
		sendPart(reply, text, fault.action === 'half' ? 0.5 : 0);
		return undefined;
	}
	if (!fault.reply) return text;
	const made =
		typeof fault.reply === 'function' ? fault.reply(realReply(request, reply, text)) : fault.reply;
	const { status, headers = {}, body = '' } = made;
	reply.removeHeader('content-type').code(status).headers(headers);
	return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

function realReply(request: FastifyRequest, reply: FastifyReply, text: string): RealReply {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(reply.getHeaders())) headers[name] = String(value);
	const body: unknown = text ? JSON.parse(text) : undefined;
	const key = request.headers['x-dc-devkey'] ?? request.headers['x-partner-apikey'];
	return { status: reply.statusCode, headers, text, body, callerKey: String(key ?? '') };
}

/**
 * Announces the whole body, sends part of it and ends the connection.
 *
 * @param text without one there is no part, and the connection just ends
 */
function sendPart(reply: FastifyReply, text: string, part: number): void {
	const { raw } = reply;
	const bytes = Buffer.from(text);
	if (bytes.length === 0) {
		raw.destroy();
		return;
	}
	for (const [name, value] of Object.entries(reply.getHeaders())) {
		if (value !== undefined) raw.setHeader(name, value);
	}
	raw.writeHead(reply.statusCode, { 'content-length': bytes.length });
	raw.flushHeaders();
	raw.write(bytes.subarray(0, Math.floor(bytes.length * part)));
	// Not at once: what was written has to get out.
	raw.socket?.destroySoon();
}

/** Waits. Ends at once when the client has gone or the sandbox closes, which ends the connection. */
function pause(ms: number, reply: FastifyReply): Promise<void> {
	if (ms === 0 || reply.raw.destroyed) return Promise.resolve();
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			reply.raw.off('close', end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		reply.raw.once('close', end);
	});
}
