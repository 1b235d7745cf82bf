'use strict';

const { existsSync } = require('node:fs');

const { run } = require('../processes');
const { say } = require('../report');

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const HOW = 'Install chromium, or set CHROMIUM to the path of a Chromium or Chrome.';

/** @returns {string | undefined} */
function findChromium() {
	return [process.env.CHROMIUM ?? '', ...PLACES].find((place) => existsSync(place));
}

/**
 * A browser: the one that CHROMIUM names, or an installed one, or Debian's, which is installed when
 * we are root.
 *
 * @returns {Promise<{ path: string } | { reason: string }>} where it is, or why there is none
 */
async function chromium() {
	const found = findChromium();
	if (found !== undefined) return { path: found };
	if (process.getuid?.() !== 0) return { reason: `there is no Chromium. ${HOW}` };
	try {
		say("installing Debian's chromium");
		await run('apt-get', ['update']);
		await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium']);
	} catch (error) {
		return { reason: `Chromium could not be installed. ${HOW}\n${error}` };
	}
	const installed = findChromium();
	return installed === undefined ? { reason: HOW } : { path: installed };
}

module.exports = { chromium };
