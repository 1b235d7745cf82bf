'use strict';

const { faults } = require('../../sandbox/index.mts');
const { useLab } = require('../support/lab');

const lab = useLab();

const NO_COPIES = {
	saveDataErrorExecution: 'none',
	saveDataSuccessExecution: 'none',
	saveExecutionProgress: false,
	saveManualExecutions: false,
};

/** The hints of a run that creates keys with these names. */
async function hintsOf(
	/** @type {any} */ workflowSettings,
	/** @type {any} */ mode = 'trigger',
	/** @type {string[]} */ names = ['A', 'B'],
) {
	const { person } = lab.sandbox.certCentral.us.users;
	const execution = await lab.createUserKeys(
		names.map((name) => ({ user: person, name })),
		{ workflowSettings, mode, settings: { onError: 'continueRegularOutput' } },
	);
	const [{ hints = [] }] = execution.run.data.resultData.runData.DigiCert;
	return hints.map((/** @type {any} */ { message }) => message);
}

describe('a key in clear text', () => {
	test.each([
		['trigger', { saveDataSuccessExecution: 'all' }, 'Save successful production executions'],
		['trigger', { saveDataSuccessExecution: 'DEFAULT' }, 'Save successful production executions'],
		['webhook', { saveDataErrorExecution: undefined }, 'Save failed production executions'],
		['webhook', { saveExecutionProgress: true }, 'Save execution progress'],
		['manual', { saveManualExecutions: undefined }, 'Save manual executions'],
		['manual', { saveExecutionProgress: true }, 'Save execution progress'],
	])('in mode %s with %j: one hint names the setting', async (mode, settings, label) => {
		const hints = await hintsOf({ ...NO_COPIES, ...settings }, mode);
		expect(hints).toHaveLength(1);
		expect(hints[0]).toContain(`set '${label}' to 'Do not save'`);
		expect(hints[0]).toContain("'Recipient Public Key'");
	});

	test('all settings that keep a copy are named', async () => {
		const [hint] = await hintsOf({});
		expect(hint).toContain(
			"'Save successful production executions' and 'Save failed production executions'",
		);
	});

	test.each([
		['trigger', NO_COPIES],
		['trigger', { ...NO_COPIES, saveManualExecutions: true }],
		['manual', NO_COPIES],
		['manual', { ...NO_COPIES, saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all' }],
	])('in mode %s with %j: no hint, because no copy stays', async (mode, settings) => {
		expect(await hintsOf(settings, mode)).toEqual([]);
	});
});

test('where no key was put out, there is no hint', async () => {
	lab.sandbox.addFault({ ...faults.errorsAsObject(), times: Infinity });
	expect(await hintsOf({})).toEqual([]);
});
