import { startStandIn } from './server.mts';
import type { StandInServer } from './server.mts';

const TOKEN = 'a token for tests only';

export interface CustodiaStandIn extends StandInServer {
	address: string;
	/** What a client authenticates with. */
	header: { name: string; value: string };
	/** Values by path. */
	secrets: Map<string, unknown>;
}

interface Secret {
	Params: { folder: string; name: string };
	Body: { value: unknown };
}

/**
 * A stand-in for Custodia, with the answers that Debian's custodia 0.6.0 gave. `npm run e2e` runs
 * the same workflow against the real one.
 */
export async function startCustodia(): Promise<CustodiaStandIn> {
	const secrets: CustodiaStandIn['secrets'] = new Map();
	const folders = new Set<string>();
	const server = await startStandIn((app) => {
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-custodia-token'] !== TOKEN) await reply.code(403).send({});
		});
		app.post<Secret>('/secrets/:folder/', async ({ params: { folder } }, reply) => {
			const status = folders.has(folder) ? 200 : 201;
			folders.add(folder);
			return await reply.code(status).send({});
		});
		app.put<Secret>('/secrets/:folder/:name', async ({ params: { folder, name }, body }, reply) => {
			const path = `${folder}/${name}`;
			const status = !folders.has(folder) ? 404 : secrets.has(path) ? 409 : 201;
			if (status === 201) secrets.set(path, body.value);
			return await reply.code(status).send({});
		});
		app.get<Secret>('/secrets/:folder/:name', async ({ params: { folder, name } }, reply) => {
			const value = secrets.get(`${folder}/${name}`);
			if (value === undefined) return await reply.code(404).send({});
			return { type: 'simple', value };
		});
	});
	return {
		...server,
		address: `${server.url}/secrets`,
		header: { name: 'X-Custodia-Token', value: TOKEN },
		secrets,
		reset() {
			server.reset();
			secrets.clear();
			folders.clear();
		},
	};
}
