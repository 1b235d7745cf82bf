/**
 * `npm run test:live`: a small tour of the built node against a real DigiCert account, in n8n's
 * own engine. It reads only, unless DIGICERT_LIVE_WRITE=yes. README.md says how to run it.
 *
 * Ends with status 0 when all went as documented or there are no keys, with 130 when it was told
 * to stop, and with 1 otherwise.
 */
import { randomBytes } from 'node:crypto';

import { HELP, keysIn, readSettings } from './settings.mts';
import type { Visit } from './visit.mts';

const keys = keysIn(process.env);

/** Prints a text without the credentials' keys, whatever goes wrong elsewhere. */
function say(text: string): void {
	console.log(keys.reduce((shown, key) => shown.replaceAll(key, '[API key]'), text));
}

/** @returns the status to end with */
async function main(): Promise<number> {
	const { certCentral, partner, write } = readSettings(process.env);
	if (certCentral === undefined && partner === undefined) {
		say(`There is no API key in the environment, so nothing was tried.\n\n${HELP}`);
		return 0;
	}

	const told = { stopped: false };
	const stop = () => {
		if (!told.stopped)
			say('Stopping: the step in flight may end, then what was created is switched off.');
		told.stopped = true;
	};
	// For good: npm and the terminal may both send the same signal.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

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

try {
	process.exitCode = await main();
} catch (error) {
	say(`The tour broke off: ${error instanceof Error ? error.message : 'unknown error'}`);
	process.exitCode = 1;
}
