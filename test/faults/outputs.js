'use strict';

const { open } = require('./recipient');

/** What a user of n8n gets to see of an execution. */

/** What n8n keeps of the node: of a cancelled execution, what it saved at that moment. */
function keptTasks(/** @type {import('../support/engine').Execution} */ { status, saved, run }) {
	const runData = status === 'canceled' ? saved : run.data.resultData.runData;
	return /** @type {any[]} */ (runData?.DigiCert ?? []);
}

/**
 * @param {any[]} tasks n8n's records of the node
 * @param {(value: string) => number | undefined} idOf the ID of the key with this value
 */
async function readOutputs(tasks, idOf) {
	const items = tasks.flatMap((task) => (task.data?.main ?? []).flat());
	const indexOf = (/** @type {any} */ item) => item.pairedItem?.item ?? -1;
	const failed = items.filter(({ error }) => error !== undefined);
	/** @type {import('./runs').Delivered[]} */
	const delivered = [];
	let inClear = 0;
	for (const item of items.filter(({ error }) => error === undefined)) {
		for (const { value, isEncrypted } of valuesIn(item.json)) {
			const clear = isEncrypted ? await open(value) : value;
			delivered.push({ itemIndex: indexOf(item), keyId: idOf(clear) });
			if (!isEncrypted) inClear += 1;
		}
	}
	return {
		outputs: items.map(indexOf),
		errors: failed.map((item) => ({ itemIndex: indexOf(item), text: textOf(item.error) })),
		delivered,
		/** How many keys are there for everyone to read. */
		inClear,
	};
}

/**
 * Every key value among the fields of an item.
 *
 * @param {any} json
 * @returns {{ value: string, isEncrypted: boolean }[]}
 */
function valuesIn(json) {
	return Object.entries(json).flatMap(([field, value]) => {
		if (typeof value === 'object' && value !== null) return valuesIn(value);
		if (field === 'api_key') return [{ value: String(value), isEncrypted: false }];
		return field === 'api_key_jwe' ? [{ value: String(value), isEncrypted: true }] : [];
	});
}

/** All that a user reads of an error. @param {any} error */
function textOf(error) {
	return error === undefined ? '' : [error.message, error.description].filter(Boolean).join('\n');
}

module.exports = { keptTasks, readOutputs, textOf };
