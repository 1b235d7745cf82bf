import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { listen } from './ports.mts';

/**
 * A host that has nothing to do with DigiCert, to which a redirect leads.
 *
 * @param answer answers a request. @returns whether it counts
 */
export async function startForeignHost(
	answer: (request: IncomingMessage, reply: ServerResponse) => boolean,
) {
	let counted = 0;
	const server = createServer((request, reply) => {
		if (answer(request, reply)) counted += 1;
	});
	const url = `${await listen(server)}/`;
	return {
		url,
		/** The requests that counted since the last call. */
		take() {
			const taken = counted;
			counted = 0;
			return taken;
		},
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
