'use strict';

/** What a user of n8n gets to see of an execution. */

/** What n8n keeps of the node: of a cancelled execution, what it saved at that moment. */
function keptTasks(/** @type {import('../support/engine').Execution} */ { status, saved, run }) {
	const runData = status === 'canceled' ? saved : run.data.resultData.runData;
	return /** @type {any[]} */ (runData?.DigiCert ?? []);
}

/** @param {any[]} tasks @param {(value: string) => number | undefined} idOf */
function readOutputs(tasks, idOf) {
	const items = tasks.flatMap((task) => (task.data?.main ?? []).flat());
	const indexOf = (/** @type {any} */ item) => item.pairedItem?.item ?? -1;
	const failed = items.filter(({ error }) => error !== undefined);
	return {
		outputs: items.map(indexOf),
		errors: failed.map((item) => ({ itemIndex: indexOf(item), text: textOf(item.error) })),
		delivered: items
			.filter(({ error }) => error === undefined)
			.flatMap((item) =>
				valuesIn(item.json).map((value) => ({ itemIndex: indexOf(item), keyId: idOf(value) })),
			),
	};
}

/** Every key value among the fields of an item. @param {any} json @returns {string[]} */
function valuesIn(json) {
	return Object.entries(json).flatMap(([field, value]) => {
		if (typeof value === 'object' && value !== null) return valuesIn(value);
		return field === 'api_key' ? [String(value)] : [];
	});
}

/** All that a user reads of an error. @param {any} error */
function textOf(error) {
	return error === undefined ? '' : [error.message, error.description].filter(Boolean).join('\n');
}

module.exports = { keptTasks, readOutputs, textOf };
