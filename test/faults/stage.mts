import { startSandbox } from '../../sandbox/index.mts';
import { startForeignHost } from '../support/foreignHost.mts';
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
	const hands = { certcentral: sandbox.console.us, partner: sandbox.console.partner };
	const off = { certcentral: 'revoked', partner: 'inactive' } as const;

	return {
		sandbox,
		foreignHost,
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
		makeEarlierKey(
			api: Api,
			{ ownerId, name, ageMs, ...earlier }: EarlierKey & { ownerId: number; name: string },
		): number {
			const now = realNow() + ahead;
			const status = earlier.off ? off[api] : 'active';
			const createdAt = new Date(now - ageMs).toISOString();
			const { id } = hands[api].makeKey({ name, ownerId, status, createdAt });
			if (earlier.used) hands[api].changeKey(id, { lastUsedAt: new Date(now).toISOString() });
			return id;
		},
		setLive(api: Api, id: number, isLive: boolean): void {
			hands[api].changeKey(id, { status: isLive ? 'active' : off[api] });
		},
		async close() {
			foreignHost.close();
			await sandbox.close();
		},
	};
}
