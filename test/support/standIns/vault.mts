import { isRecord } from '../read.mts';
import { startStandIn } from './server.mts';
import type { StandInServer } from './server.mts';

const TOKEN = 'a token for tests only';
const MISMATCH = 'check-and-set parameter did not match the current version';

export interface VaultStandIn extends StandInServer {
	/** What the examples call the address of the KV mount. */
	mount: string;
	/** What a client authenticates with. */
	header: { name: string; value: string };
	/** Versions by path, the oldest first. */
	secrets: Map<string, Record<string, unknown>[]>;
}

interface Write {
	Params: { '*': string };
	Body: { data: Record<string, unknown>; options?: { cas?: number } };
}

/**
 * A STAND-IN for HashiCorp Vault and OpenBao, which cannot be installed here: of the KV version 2
 * secrets engine, mounted at `secret`, only reading, writing and listing of secrets, and what a
 * client asks first (its token, the mounts), from the documentation
 * (developer.hashicorp.com/vault/api-docs: secret/kv/kv-v2, auth/token, system/mounts). Whoever has
 * a real one: the example workflows need nothing but reading and writing.
 */
export async function startVault(): Promise<VaultStandIn> {
	const secrets: VaultStandIn['secrets'] = new Map();
	const server = await startStandIn((app) => {
		app.addHook('onRequest', async (request, reply) => {
			if (request.headers['x-vault-token'] === TOKEN) return;
			await reply.code(403).send({ errors: ['permission denied'] });
		});
		const metadata = (version: number) => ({
			created_time: new Date().toISOString(),
			custom_metadata: null,
			deletion_time: '',
			destroyed: false,
			version,
		});
		app.get<Write>('/v1/secret/data/*', async ({ params }, reply) => {
			const versions = secrets.get(params['*']) ?? [];
			if (versions.length === 0) return await reply.code(404).send({ errors: [] });
			return { data: { data: versions.at(-1), metadata: metadata(versions.length) } };
		});
		app.get('/v1/auth/token/lookup-self', () => ({
			data: { expire_time: null, renewable: false, ttl: 0, policies: ['root'] },
		}));
		app.get('/v1/sys/mounts', () => {
			const mounts = { 'secret/': { type: 'kv', options: { version: '2' } } };
			return { ...mounts, data: mounts };
		});
		// `list=true` is what clients send that cannot send the method LIST.
		app.get<Write>('/v1/secret/metadata/*', async ({ params }, reply) => {
			const folder = params['*'];
			const names = [...secrets.keys()].flatMap((name) =>
				name.startsWith(folder) ? name.slice(folder.length).replace(/\/.*/, '/') : [],
			);
			if (names.length === 0) return await reply.code(404).send({ errors: [] });
			return { data: { keys: [...new Set(names)] } };
		});
		app.route<Write>({
			method: ['POST', 'PUT'],
			url: '/v1/secret/data/*',
			handler: async ({ params, body }, reply) => {
				const versions = secrets.get(params['*']) ?? [];
				const cas = isRecord(body.options) ? body.options.cas : undefined;
				if (cas !== undefined && cas !== versions.length) {
					return await reply.code(400).send({ errors: [MISMATCH] });
				}
				secrets.set(params['*'], [...versions, body.data]);
				return { data: metadata(versions.length + 1) };
			},
		});
	});
	return {
		...server,
		mount: `${server.url}/v1/secret`,
		header: { name: 'X-Vault-Token', value: TOKEN },
		secrets,
		reset() {
			server.reset();
			secrets.clear();
		},
	};
}
