import fastify from 'fastify';
import type { FastifyInstance, preHandlerHookHandler } from 'fastify';

/**
 * A fault hits the first request with its method. "before" means that nothing is done with the
 * request, "after" that it is and only the reply is lost.
 */
export interface StoreFault {
	method: string;
	when: 'before' | 'after';
	/** Of the reply; without it the connection breaks. */
	status?: number;
	/** 1 when left out. */
	times?: number;
}

export interface StandInServer {
	url: string;
	addFault(fault: StoreFault): void;
	/** Forgets faults. */
	reset(): void;
	close(): Promise<void>;
}

/** Starts a small stand-in for a store that examples write to, on a free loopback port. */
export async function startStandIn(routes: (app: FastifyInstance) => void): Promise<StandInServer> {
	const app = fastify({
		forceCloseConnections: true,
		// As a proxy it is asked for whole addresses.
		rewriteUrl: ({ url = '' }) => url.replace(/^http:\/\/[^/]+/, ''),
	});
	const faults: StoreFault[] = [];

	const strike =
		(when: StoreFault['when']): preHandlerHookHandler =>
		(request, reply, done) => {
			const fault = faults.find((each) => each.method === request.method && each.when === when);
			if (fault === undefined) {
				done();
				return;
			}
			fault.times = (fault.times ?? 1) - 1;
			if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
			reply.hijack();
			const { status } = fault;
			if (status === undefined) request.raw.socket.destroy();
			else reply.raw.writeHead(status, { 'content-type': 'application/json' }).end('{}');
		};
	app.addHook('preHandler', strike('before'));
	app.addHook('onSend', (request, reply, payload, done) => {
		strike('after').call(app, request, reply, () => {
			done(null, payload);
		});
	});
	routes(app);
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		url,
		addFault: (fault) => {
			faults.push({ ...fault });
		},
		reset() {
			faults.splice(0);
		},
		close: async () => {
			await app.close();
		},
	};
}
