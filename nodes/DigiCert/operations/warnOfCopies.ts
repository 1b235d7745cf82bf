import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * The workflow settings, by their labels in n8n, because of which the data of this execution is
 * kept. What a workflow leaves to the instance counts as kept, because that is n8n's own default
 * for all but the progress (n8n-conventions.md 7); a node cannot read the instance's.
 */
function settingsThatKeep(context: IExecuteFunctions): string[] {
	const {
		saveDataErrorExecution: failed,
		saveDataSuccessExecution: successful,
		saveExecutionProgress: progress,
		saveManualExecutions: manual,
	} = context.getWorkflowSettings();
	const isManual = context.getMode() === 'manual';
	const settings: Array<[label: string, keeps: boolean]> = [
		['Save manual executions', isManual && manual !== false],
		['Save successful production executions', !isManual && successful !== 'none'],
		['Save failed production executions', !isManual && failed !== 'none'],
		['Save execution progress', progress === true],
	];
	return settings.filter(([, keeps]) => keeps).map(([label]) => `'${label}'`);
}

/** Warns, once for a run that puts keys out in clear text, when n8n keeps a copy of them. */
export function warnOfCopies(context: IExecuteFunctions): void {
	const settings = settingsThatKeep(context);
	if (settings.length === 0) return;
	context.addExecutionHints({
		message: `n8n may keep a copy of each API key in clear text in this execution. In the workflow's settings, set ${settings.join(' and ')} to 'Do not save', or encrypt the keys with the option 'Recipient Public Key'.`,
		type: 'warning',
		location: 'outputPane',
	});
}
