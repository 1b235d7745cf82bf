/** The live tour, for the command and its tests. */
import { randomBytes } from 'node:crypto';

import { HELP, keysIn, readSettings } from './settings.mts';
import type { Visit } from './visit.mts';

/** What surrounds a tour. */
export interface Surroundings {
	env: Record<string, string | undefined>;
	print: (text: string) => void;
	/** Gets a function that lets the tour end early, however often it is called. */
	onStart: (stop: () => void) => void;
}

/** @returns the status to end with */
async function tourAll(
	{ env, onStart }: Surroundings,
	say: (text: string) => void,
): Promise<number> {
	const { certCentral, partner, write } = readSettings(env);
	if (certCentral === undefined && partner === undefined) {
		say(`There is no API key in the environment, so nothing was tried.\n\n${HELP}`);
		return 0;
	}

	const told = { stopped: false };
	onStart(() => {
		if (!told.stopped)
			say('Stopping: the step in flight may end, then what was created is switched off.');
		told.stopped = true;
	});

	// Not before: these load n8n's engine, which takes some seconds.
	const { createEngine } = await import('../support/engine.mts');
	const { places } = await import('./tour.mts');
	const { readCertCentral, readPartner } = await import('./readOnly.mts');
	const { reportText } = await import('./report.mts');
	const { visit } = await import('./visit.mts');

	const engine = await createEngine();
	const started = new Date().toISOString().slice(0, 19);
	const keyName = `n8n-nodes-digicert live test ${started}Z ${randomBytes(3).toString('hex')}`;
	const how = { write, keyName, say, isStopped: () => told.stopped };
	const visits: Visit[] = [];
	if (certCentral !== undefined) {
		const read = readCertCentral;
		visits.push(await visit(engine, places.certCentral, certCentral, { read, ...how }));
	}
	if (partner !== undefined && !told.stopped) {
		visits.push(await visit(engine, places.partner, partner, { read: readPartner, ...how }));
	}

	const left = visits.flatMap((visited) => visited.left);
	say(['\nLeft behind', ...(left.length === 0 ? ['nothing'] : left)].join('\n  '));
	say(`\n${reportText(visits, write)}`);
	const allWell = visits.every((visited) => visited.allWell);
	if (told.stopped) say('\nIt was stopped before its end.');
	else if (!allWell) say('\nNot all went as documented: see the lines with NO, and what is left.');
	return told.stopped ? 130 : allWell ? 0 : 1;
}

/**
 * Tours the APIs that the environment has keys for, and prints what it meets, never a key.
 *
 * @returns 0 when all went as documented or there are no keys, 130 when it was told to stop, and 1
 *   otherwise
 */
export async function runTour(surroundings: Surroundings): Promise<number> {
	const { env, print } = surroundings;
	const keys = keysIn(env);
	const say = (text: string) => {
		print(keys.reduce((shown, key) => shown.replaceAll(key, '[API key]'), text));
	};
	try {
		return await tourAll(surroundings, say);
	} catch (error) {
		say(`The tour broke off: ${error instanceof Error ? error.message : 'unknown error'}`);
		return 1;
	}
}
