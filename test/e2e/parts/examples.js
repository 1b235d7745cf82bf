'use strict';

const assert = require('node:assert/strict');

const { openLab } = require('../lab');
const { installN8n } = require('../toolchain/n8n');
const { openBench } = require('./examples/bench');
const { checkOthers } = require('./examples/others');
const { takePictures } = require('./examples/pictures');
const { checkStores } = require('./examples/stores');

/** No admin key and no created one is in what n8n printed. @param {import('../lab').Lab} lab */
function nothingLogged({ data, issuedKeys, n8n }) {
	const log = n8n.process.log();
	const keys = [data.certCentral.apiKey, data.partner.apiKey, ...issuedKeys()];
	assert.equal(keys.filter((key) => log.includes(key)).length, 0);
}

/**
 * The workflows of `examples/`, each imported and run, with stores at the other end. The two that
 * only create a key run with every version of n8n, in `product`.
 *
 * @param {import('../report').Report} report
 * @param {import('../toolchain/releases').Release} release
 * @param {boolean} screenshots whether to take the pictures of examples/README.md anew
 */
async function runExamples({ check }, release, screenshots) {
	const lab = await openLab(await installN8n(release));
	try {
		const bench = await openBench(lab);
		try {
			await checkOthers(check, bench);
			await checkStores(check, bench);
			await check("no key is in n8n's log", () => nothingLogged(lab));
			if (screenshots) await takePictures(bench);
		} finally {
			await bench.close();
		}
	} finally {
		await lab.close();
	}
}

module.exports = { runExamples };
