import type { Cell } from './plan.mts';
import { POLL_VIOLATIONS } from './polls.mts';
import type { PollResult } from './polls.mts';
import { VIOLATIONS } from './rules.mts';
import { FIGURES } from './suite.mts';
import type { Result, Row } from './suite.mts';

/** Runs whose findings are spelt out; the others are only numbered. */
const SHOWN_RUNS = 15;
const SHOWN_FINDINGS = 4;
const ON_ERROR = {
	stopWorkflow: 'stop',
	continueRegularOutput: 'continue',
	continueErrorOutput: 'error out',
};

/** Two lines for the head of a column. */
function headOf({ api, onError, retryOnFail }: Cell): [string, string] {
	const name = api === 'certcentral' ? 'CertC' : 'Partner';
	return [`${name}${retryOnFail ? '+retry' : ''}`, ON_ERROR[onError]];
}

/** A table whose columns are as wide as they have to be. */
function table(rows: readonly string[][]): string {
	const widths = (rows[0] ?? []).map((_, column) =>
		Math.max(...rows.map((row) => row[column]?.length ?? 0)),
	);
	const place = (cell: string, column: number) =>
		column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
	return rows.map((row) => row.map(place).join('  ')).join('\n');
}

function tables(rows: readonly Row[]): string {
	const heads = rows.map(({ cell }) => headOf(cell));
	const line = (name: string, mark = '') => {
		const values = rows.map(({ counts }) => counts.get(name) ?? 0);
		return [mark + name, ...values, values.reduce((sum, value) => sum + value, 0)].map(String);
	};
	return table([
		['', ...heads.map(([first]) => first), ''],
		['', ...heads.map(([, second]) => second), 'all'],
		...FIGURES.map((figure) => line(figure)),
		...VIOLATIONS.map((violation) => line(violation, '! ')),
	]);
}

/** Writes a result out. `again` is the command that repeats a run, without the run's number. */
export function report({ rows, failed, repeated, seconds }: Result, again: string): string {
	const others = failed.slice(SHOWN_RUNS).map(({ number }) => number);
	return [
		tables(rows),
		'',
		...failed
			.slice(0, SHOWN_RUNS)
			.flatMap(({ number, plan, findings }) => [
				`Run ${number} (${headOf(plan.cell).join(', ')}, ${plan.operation}); again: ${again} --run ${number}`,
				...findings
					.slice(0, SHOWN_FINDINGS)
					.map(({ violation, detail }) => `   ${violation}: ${detail}`),
				...(findings.length > SHOWN_FINDINGS
					? [`   and ${findings.length - SHOWN_FINDINGS} more`]
					: []),
			]),
		...(others.length > 0 ? [`Also runs ${others.join(', ')}`] : []),
		...(repeated > 0
			? [`${repeated} runs were made again, because this machine was too busy to answer in time`]
			: []),
		`${failed.length} runs failed, in ${seconds.toFixed(0)} s`,
	].join('\n');
}

/** Writes out what came of polls. */
export function reportPolls({ counts, failure }: PollResult): string {
	const what = ['histories', 'polls', 'polls that failed', 'events'];
	const violations = POLL_VIOLATIONS.map((violation) => `! ${violation}`);
	const lines = [...what, ...violations].map((name) => [
		name,
		String(counts.get(name.replace('! ', '')) ?? 0),
	]);
	return [table(lines), ...(failure === undefined ? [] : [failure])].join('\n');
}
