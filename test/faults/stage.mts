import { startSandbox } from '../../sandbox/index.mts';
import { startForeignHost } from '../support/foreignHost.mts';
import { number, parse, record } from '../support/read.mts';
import type { Api, EarlierKey } from './plan.mts';

/** The clock of the machine, which runs may see step. */
const realNow = Date.now.bind(Date);

export type Stage = Awaited<ReturnType<typeof openStage>>;

/**
 * A sandbox for one run at a time, with what the runs need to know of it. Its clock can be set, so
 * that keys may be older than the run, and DigiCert's clock may differ from ours.
 */
export async function openStage() {
	let ahead = 0;
	/** Values that nobody may be told. */
	const secrets: string[] = [];
	const sandbox = await startSandbox({
		rateLimits: [],
		now: () => realNow() + ahead,
		onIssue: (value) => {
			secrets.push(value);
		},
	});
	// The node must never ask it. It would answer a creation, so that nothing but the node's own
	// caution keeps requests away.
	const foreignHost = await startForeignHost((_, reply) => {
		reply.writeHead(201, { 'content-type': 'application/json' });
		reply.end('{"id":1,"api_key":"of a foreign host"}');
		return true;
	});
	const { us, eu } = sandbox.certCentral;
	const { partner } = sandbox;
	const access = {
		certcentral: { baseUrl: us.baseUrl, apiKey: us.keys.administrator, header: 'x-dc-devkey' },
		partner: { baseUrl: partner.baseUrl, apiKey: partner.keys.parent, header: 'x-partner-apikey' },
	};

	async function call(api: Api, method: string, path: string, body?: object, apiKey?: string) {
		const { baseUrl, header, apiKey: usual } = access[api];
		const response = await fetch(baseUrl + path, {
			method,
			headers: { [header]: apiKey ?? usual, 'content-type': 'application/json' },
			body: body === undefined ? null : JSON.stringify(body),
		});
		return await response.text();
	}

	async function setLive(api: Api, id: number, isLive: boolean): Promise<void> {
		const isPartner = api === 'partner';
		const off = isPartner ? 'inactive' : 'revoked';
		const path = `/${isPartner ? 'api-key' : 'key'}/${id}/status`;
		await call(api, 'PUT', path, { status: isLive ? 'active' : off });
	}

	return {
		sandbox,
		foreignHost,
		access,
		secrets,
		owners: {
			certcentral: Object.values(us.users),
			partner: [partner.accounts.subaccount, partner.accounts.otherSubaccount],
		},
		/** Every key that opens something from the start. */
		adminKeys: [us, eu, partner].flatMap(({ keys }) => Object.values(keys)),
		/** Back to the start. `skewMs` is how far DigiCert's clock is to be ahead. */
		clear(skewMs: number) {
			sandbox.reset();
			secrets.length = 0;
			ahead = skewMs;
		},
		/** Moves DigiCert's clock. */
		stepClock: (ms: number) => {
			ahead += ms;
		},
		/** Makes a key that is there before the run, and gives its ID. */
		async makeEarlierKey(
			api: Api,
			{ ownerId, name, ageMs, off, used }: EarlierKey & { ownerId: number; name: string },
		): Promise<number> {
			const isPartner = api === 'partner';
			ahead -= ageMs;
			const path = isPartner ? `/api-key/account/${ownerId}` : `/key/user/${ownerId}`;
			const made = record(parse(await call(api, 'POST', path, { name })));
			ahead += ageMs;
			const id = number(made.id);
			// Whatever the answer is: the key was used.
			if (used)
				await call(
					api,
					'GET',
					isPartner ? '/api-key' : '/user/me',
					undefined,
					String(made.api_key),
				);
			if (off) await setLive(api, id, false);
			return id;
		},
		setLive,
		async close() {
			foreignHost.close();
			await sandbox.close();
		},
	};
}
