'use strict';

/**
 * `npm run test:live`: a small tour of the built node against a real DigiCert account, in n8n's
 * own engine. It reads only, unless DIGICERT_LIVE_WRITE=yes. README.md says how to run it.
 *
 * Ends with status 0 when all went as documented or there are no keys, with 130 when it was told
 * to stop, and with 1 otherwise.
 */
const { randomBytes } = require('node:crypto');

const { HELP, keysIn, readSettings } = require('./settings');

const keys = keysIn(process.env);

/** Prints a text without the credentials' keys, whatever goes wrong elsewhere. @param {string} text */
function say(text) {
	console.log(keys.reduce((shown, key) => shown.replaceAll(key, '[API key]'), text));
}

async function main() {
	const { certCentral, partner, write } = readSettings(process.env);
	if (certCentral === undefined && partner === undefined) {
		say(`There is no API key in the environment, so nothing was tried.\n\n${HELP}`);
		return 0;
	}

	let stopped = false;
	const stop = () => {
		if (!stopped)
			say('Stopping: the step in flight may end, then what was created is switched off.');
		stopped = true;
	};
	// For good: npm and the terminal may both send the same signal.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

	// Not before: these load n8n's engine, which takes some seconds.
	const { createEngine } = require('../support/engine');
	const { places } = require('./places');
	const { readCertCentral, readPartner } = require('./readOnly');
	const { reportText } = require('./report');
	const { visit } = require('./visit');

	const engine = await createEngine();
	const started = new Date().toISOString().slice(0, 19);
	const keyName = `n8n-nodes-digicert live test ${started}Z ${randomBytes(3).toString('hex')}`;
	const how = { write, keyName, say, isStopped: () => stopped };
	const visits = [];
	if (certCentral !== undefined) {
		const read = readCertCentral;
		visits.push(await visit(engine, places.certCentral, certCentral, { read, ...how }));
	}
	if (partner !== undefined && !stopped) {
		visits.push(await visit(engine, places.partner, partner, { read: readPartner, ...how }));
	}

	const left = visits.flatMap((visited) => visited.left);
	say(['\nLeft behind', ...(left.length === 0 ? ['nothing'] : left)].join('\n  '));
	say(`\n${reportText(visits, write)}`);
	const allWell = visits.every((visited) => visited.allWell);
	if (stopped) say('\nIt was stopped before its end.');
	else if (!allWell) say('\nNot all went as documented: see the lines with NO, and what is left.');
	return stopped ? 130 : allWell ? 0 : 1;
}

main().then(
	(status) => (process.exitCode = status),
	(error) => {
		say(`The tour broke off: ${error instanceof Error ? error.message : 'unknown error'}`);
		process.exitCode = 1;
	},
);
