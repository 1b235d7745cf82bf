import { startStandIn } from './server.mts';
import type { StandInServer } from './server.mts';

const API_KEY = 'an API key for tests only';

export interface StoredInN8n {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface N8nApiStandIn extends StandInServer {
	api: string;
	apiKey: string;
	/** The credentials by their IDs. */
	stored: Map<string, StoredInN8n>;
}

interface Credential {
	Params: { id: string };
	Body: Omit<StoredInN8n, 'id'>;
}

/**
 * A stand-in for the credentials part of n8n's public API, as n8n 2.41.1 has it. `npm run e2e` runs
 * the same workflow against the real one.
 */
export async function startN8nApi(): Promise<N8nApiStandIn> {
	const stored: N8nApiStandIn['stored'] = new Map();
	const server = await startStandIn((app) => {
		/** The data are never shown. */
		const shown = ({ id, name, type }: StoredInN8n) => ({ id, name, type });
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-n8n-api-key'] === API_KEY) return;
			await reply.code(401).send({ message: 'unauthorized' });
		});
		app.post<Credential>('/api/v1/credentials', ({ body: { name, type, data } }) => {
			const credential = { id: String(stored.size + 1), name, type, data };
			stored.set(credential.id, credential);
			return shown(credential);
		});
		app.get<Credential>('/api/v1/credentials/:id', async ({ params: { id } }, reply) => {
			const credential = stored.get(id);
			if (credential === undefined) return await reply.code(404).send({ message: 'Not found' });
			return shown(credential);
		});
		app.patch<Credential>('/api/v1/credentials/:id', async ({ params: { id }, body }, reply) => {
			const credential = stored.get(id);
			if (credential === undefined) return await reply.code(404).send({ message: 'Not found' });
			if (typeof body.data.apiKey !== 'string') {
				return await reply
					.code(400)
					.send({ message: "request.body.data requires property 'apiKey'" });
			}
			return shown(Object.assign(credential, body));
		});
	});
	return {
		...server,
		api: `${server.url}/api/v1`,
		apiKey: API_KEY,
		stored,
		reset() {
			server.reset();
			stored.clear();
		},
	};
}
