import { byId } from '../support/lab.mts';
import { number } from '../support/read.mts';
import {
	creationOptions,
	said,
	Stopped,
	wasRefused,
	type Finding,
	type Step,
	type Tour,
} from './tour.mts';

/** The keys that a tour made, until each is known to be off. */
export interface Ledger {
	/** What the name of every key of this run begins with, and of no other key. */
	name: string;
	/** IDs. */
	made: Set<number>;
	/** IDs of those that are not known to be off. */
	live: Set<number>;
	/** Whether a creation ended without a clear answer. */
	inDoubt: boolean;
}

const LOOK = 'look for live keys of this run';

export function openLedger(name: string): Ledger {
	return { name, made: new Set(), live: new Set(), inDoubt: false };
}

/** The answer to the creation, not those to the look-ups around it. */
function saidOfCreation({ answers }: Step): string {
	return said({ answers: answers.filter(({ call }) => call.startsWith('POST ')) });
}

function yesOrNo(fact: unknown): string {
	return typeof fact !== 'boolean' ? 'cannot be told' : fact ? 'yes' : 'no';
}

/** Runs an operation that creates a key, and enters the key. */
async function issue(
	{ place, step }: Tour,
	ledger: Ledger,
	title: string,
	operation: string,
	parameters: Record<string, unknown>,
): Promise<Step> {
	try {
		const creation = await step(title, `${place.resource}.${operation}`, {
			...parameters,
			name: ledger.name,
			options: creationOptions(),
		});
		const [key] = creation.items;
		if (typeof key?.id === 'number') {
			ledger.made.add(key.id);
			ledger.live.add(key.id);
		} else if (!wasRefused(creation)) ledger.inDoubt = true;
		return creation;
	} catch (error) {
		if (!(error instanceof Stopped)) ledger.inDoubt = true;
		throw error;
	}
}

/** @param always even when the tour was told to stop */
async function switchOff(
	{ place, step }: Tour,
	ledger: Ledger,
	id: number,
	title: string,
	always = false,
): Promise<Step> {
	const off = await step(
		title,
		`${place.resource}.${place.off}`,
		// The check of the own key needs a list; this ID comes from a creation of this run.
		{ keyId: byId(id), options: { allowOwnKey: true, rateLimitWait: 60 } },
		{ always },
	);
	if (off.ok) ledger.live.delete(id);
	return off;
}

/**
 * Creates a key that nobody can use, looks at it, rotates it, and switches both off.
 *
 * @param ledger gets every key as soon as it is known
 * @param ownerId the user or subaccount
 */
export async function writeKeys(tour: Tour, ledger: Ledger, ownerId: number): Promise<Finding[]> {
	const { place, step } = tour;
	const { marks, resource } = place;
	const isLive = async (id: number, title: string) => {
		const [key] = (await step(title, `${resource}.get`, { keyId: byId(id) })).items;
		return key === undefined ? undefined : key.status === 'active';
	};

	const created = await issue(tour, ledger, 'create an API key', 'create', {
		[place.owner]: byId(ownerId),
		...place.harmless,
	});
	const findings = [
		{ mark: marks.create, question: 'Create an API key', answer: saidOfCreation(created) },
	];
	const [first] = created.items;
	if (first === undefined) return findings;
	const id = number(first.id);
	await isLive(id, 'look at it');
	const rotated = await issue(tour, ledger, 'its successor, of the same name', 'rotate', {
		keyId: byId(id),
	});
	const [second] = rotated.items;
	if (place.rename) {
		await step('rename the first', `${resource}.update`, {
			keyId: byId(id),
			name: `${ledger.name}, renamed`,
			restrictedToRoleId: 'keep',
		});
	}

	const off = await switchOff(tour, ledger, id, 'switch the first off');
	const liveThen = await isLive(id, 'look at it');
	ledger.live.add(id);
	const on = await step('switch it on again', `${resource}.${place.on}`, { keyId: byId(id) });
	const liveAgain = await isLive(id, 'look at it');
	await switchOff(tour, ledger, id, 'switch it off for good');
	if (second !== undefined) {
		await switchOff(tour, ledger, number(second.id), 'switch the successor off');
	}

	const wentOff = liveThen === undefined ? undefined : !liveThen;
	return [
		...findings,
		{
			mark: 'F.23',
			question: 'The new key works at once',
			answer: `${yesOrNo(first.verified)}, ${said(created)}`,
		},
		{
			mark: marks.sameName,
			question: 'A second key of the same name',
			answer: saidOfCreation(rotated),
		},
		{
			mark: marks.status,
			question: 'Switch a key off; it is off then',
			answer: `${said(off)}; ${yesOrNo(wentOff)}`,
		},
		{
			mark: marks.on,
			question: 'Switch it on again; it is live then',
			answer: `${said(on)}; ${yesOrNo(liveAgain)}`,
		},
	];
}

/**
 * Switches off what a tour made and is not known to be off, by its IDs and by its name. Works
 * after a step that failed, and when the tour was told to stop.
 */
export async function cleanUp(tour: Tour, ledger: Ledger, ownerId: number): Promise<void> {
	const { owner, resource } = tour.place;
	const filters = { nameContains: ledger.name, [owner]: String(ownerId), status: 'active' };
	// A creation in doubt may still come true while the first round lasts.
	for (const title of ledger.inDoubt ? [LOOK, `${LOOK} again`] : [LOOK]) {
		const { items } = await tour.step(
			title,
			`${resource}.getMany`,
			{ returnAll: true, filters },
			{ always: true },
		);
		for (const id of items.map((item) => number(item.id))) {
			ledger.made.add(id);
			ledger.live.add(id);
		}
		for (const id of ledger.live) await switchOff(tour, ledger, id, 'switch off', true);
	}
}
