import type { Engine } from '../support/engine.mts';
import type { Answer } from './observer.mts';
import type { Read } from './readOnly.mts';
import type { Account } from './settings.mts';
import { startTour, Stopped, type Finding, type Host, type Place, type Tour } from './tour.mts';
import { cleanUp, openLedger, writeKeys, type Ledger } from './write.mts';

/** What a tour of one API found out. */
export interface Visit {
	title: string;
	answers: Answer[];
	findings: Finding[];
	/** What remains at DigiCert, as lines. */
	left: string[];
	/** Whether everything went as documented and nothing is live. */
	allWell: boolean;
}

export interface VisitOptions extends Host {
	read: (tour: Tour) => Promise<Read>;
	/** Whether keys may be created. */
	write: boolean;
	/** What the names of such keys begin with. */
	keyName: string;
}

function describeLeft({ title, api }: Place, ledger: Ledger): string[] {
	const { name, made, live, inDoubt } = ledger;
	const ids = (keys: Iterable<number>) => [...keys].join(', ');
	const off = [...made].filter((id) => !live.has(id));
	return [
		...(off.length > 0 ? [`${title}: switched off, but still listed: ${ids(off)}.`] : []),
		...(live.size > 0
			? [`${title}: STILL LIVE as far as is known, so ${api.offWord} by hand: ${ids(live)}.`]
			: []),
		...(inDoubt ? [`${title}: a creation got no clear answer. Look again in some minutes.`] : []),
		...(made.size > 0 || inDoubt ? [`Look in ${api.keyList} for names with "${name}".`] : []),
	];
}

/** Tours one API. Whatever happens, what was created is switched off before this ends. */
export async function visit(
	engine: Engine,
	place: Place,
	account: Account,
	{ read, write, keyName, ...host }: VisitOptions,
): Promise<Visit> {
	host.say(`\n${place.title}${write ? '' : ', reading only'}`);
	const tour = startTour(engine, place, account, host);
	const ledger = openLedger(keyName);
	const findings: Finding[] = [];
	let brokeOff = false;
	try {
		const { userId, findings: found } = await read(tour);
		findings.push(...found);
		const owner = account.ownerId ?? userId;
		if (write && owner === undefined) {
			host.say('  Nothing is created here, because no ID says for whom.');
		} else if (write && owner !== undefined) {
			try {
				findings.push(...(await writeKeys(tour, ledger, owner)));
			} finally {
				if (ledger.made.size > 0 || ledger.inDoubt) await cleanUp(tour, ledger, owner);
			}
		}
	} catch (error) {
		brokeOff = true;
		if (!(error instanceof Stopped)) {
			host.say(`  The tour broke off: ${error instanceof Error ? error.message : 'unknown error'}`);
		}
	} finally {
		tour.endWatch();
	}
	return {
		title: place.title,
		answers: tour.steps.flatMap((step) => step.answers),
		findings,
		left: describeLeft(place, ledger),
		allWell:
			!brokeOff && ledger.live.size === 0 && !ledger.inDoubt && tour.steps.every(({ ok }) => ok),
	};
}
