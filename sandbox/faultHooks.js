'use strict';

const { setTimeout: sleep } = require('node:timers/promises');

const { ApiError } = require('./errors');
const { presetNamed } = require('./faults');

/** @typedef {import('fastify').FastifyReply} Reply */

/** Names a preset for one request, without a stop at the fault book. */
const FAULT_HEADER = 'x-sandbox-fault';
/** Says that the connection has ended and nobody is there to be answered. */
const CUT = Symbol('cut');

/**
 * Makes the faults act on the requests of one API.
 *
 * @param {import('fastify').FastifyInstance} app
 * @param {import('./types').FaultBook} faultBook
 */
function applyFaults(app, faultBook) {
	// Not earlier than preValidation, because a fault may look for a name in the body.
	app.addHook('preValidation', async (request, reply) => {
		const fault = namedInHeader(request) ?? faultBook.take(request.entry);
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
		if (!fault) return done(null, payload);
		// Spent. If it fails, the reply that reports this must not be hit again.
		request.fault = undefined;
		replyWithFault(fault, reply, String(payload ?? '')).then((text) => {
			if (typeof text === 'string') done(null, text);
		}, done);
	});
}

/**
 * @param {import('fastify').FastifyRequest} request
 * @throws {ApiError} when the header names no preset
 */
function namedInHeader(request) {
	const name = request.headers[FAULT_HEADER];
	if (name === undefined) return undefined;
	const fault = presetNamed(String(name));
	if (!fault) throw new ApiError(400, 'sandbox_unknown_fault', `No fault is named ${name}`);
	return fault;
}

/**
 * @param {import('./types').Fault} fault
 * @param {Reply} reply
 * @param {string} realText the body that the real handler gave
 * @returns {Promise<string | typeof CUT>} the body to send
 */
async function replyWithFault(fault, reply, realText) {
	if (fault.when === 'after') await pause(fault.delayMs ?? 0, reply);
	if (reply.raw.destroyed) return CUT;
	if (fault.action === 'drop') {
		reply.raw.destroy();
		return CUT;
	}
	if (fault.action === 'half') {
		sendHalf(reply, realText);
		return CUT;
	}
	return fault.reply ? replaceReply(fault.reply, reply, realText) : realText;
}

/**
 * @param {NonNullable<import('./types').Fault['reply']>} made
 * @param {Reply} reply
 * @param {string} realText
 */
function replaceReply(made, reply, realText) {
	const real = { status: reply.statusCode, body: realText ? JSON.parse(realText) : undefined };
	const { status, headers = {}, body = '' } = typeof made === 'function' ? made(real) : made;
	reply.removeHeader('content-type').code(status).headers(headers);
	return typeof body === 'string' ? body : JSON.stringify(body);
}

/**
 * Announces the whole body, sends half of it and ends the connection.
 *
 * @param {Reply} reply
 * @param {string} text without one there is no half, and the connection just ends
 */
function sendHalf(reply, text) {
	const bytes = Buffer.from(text);
	if (bytes.length === 0) {
		reply.raw.destroy();
		return;
	}
	reply.raw.writeHead(reply.statusCode, {
		.../** @type {import('node:http').OutgoingHttpHeaders} */ (reply.getHeaders()),
		'content-length': bytes.length,
	});
	reply.raw.write(bytes.subarray(0, bytes.length >> 1), () => reply.raw.destroy());
}

/**
 * Waits. Ends at once when the client has gone or the sandbox closes, which ends the connection.
 *
 * @param {number} ms
 * @param {Reply} reply
 * @returns {Promise<void>}
 */
function pause(ms, reply) {
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

module.exports = { applyFaults };
