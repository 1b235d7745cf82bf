/**
 * `npm run test:live`: a small tour of the built node against a real DigiCert account, in n8n's
 * own engine. It reads only, unless DIGICERT_LIVE_WRITE=yes. README.md says how to run it.
 */
import { runTour } from './run.mts';

process.exitCode = await runTour({
	env: process.env,
	print: (text) => {
		console.log(text);
	},
	onStart: (stop) => {
		// For good: npm and the terminal may both send the same signal.
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
	},
});
