import manifest from '../../package.json' with { type: 'json' };
import type { Answer } from './observer.mts';
import type { Visit } from './visit.mts';

/**
 * Answers to the same call with the same status, as one: fields that only some have say so.
 */
function describeCalls(answers: Answer[]): string[] {
	const groups = new Map<string, Answer[]>();
	for (const answer of answers) {
		const title = [`${answer.call}: HTTP ${answer.status}`, answer.body, ...answer.codes].join(
			', ',
		);
		groups.set(title, [...(groups.get(title) ?? []), answer]);
	}
	return [...groups].flatMap(([title, group]) => {
		const headers = new Set(group.flatMap((answer) => answer.headers));
		const paths = new Set(group.flatMap(({ shape }) => [...shape.keys()]));
		const fields = [...paths].map((path) => {
			const kinds = group.flatMap(({ shape }) => shape.get(path)?.split(/, | or /) ?? 'sometimes');
			const types = [...new Set(kinds)].filter((kind) => kind !== 'sometimes').join(' or ');
			return `${path}: ${types}${kinds.includes('sometimes') ? ', sometimes' : ''}`;
		});
		return [
			`- ${title}`,
			`    headers: ${[...headers].sort().join(', ') || 'none of interest'}`,
			...fields.map((field) => `    ${field}`),
		];
	});
}

/** What can be told of every tour. */
function commonFindings(answers: Answer[]) {
	const refused = answers.filter(({ status }) => status === 429);
	const has =
		(header: string) =>
		({ headers }: Answer) =>
			headers.includes(header);
	const retryAfter = refused.every(has('retry-after')) ? 'with' : 'not always with';
	return [
		{
			mark: 'F.14',
			question: 'Rate limit (429)',
			answer: refused.length === 0 ? 'not met' : `met, ${retryAfter} Retry-After`,
		},
		{
			mark: 'A.1',
			question: 'Answers with a Date header',
			answer: answers.length > 0 && answers.every(has('date')) ? 'all' : 'not all',
		},
	];
}

/**
 * What an owner of an account can send back: statuses, error codes, names of headers, names and
 * types of fields. No values.
 */
export function reportText(tours: Visit[], write: boolean): string {
	return [
		'---- report: this is what to send back ----',
		`n8n-nodes-digicert ${manifest.version}, Node ${process.version}, ${write ? 'with' : 'without'} creations`,
		...tours.flatMap(({ title, answers, findings }) => [
			'',
			`${title}: open questions (marks of the API reference)`,
			...[...findings, ...commonFindings(answers)].map(
				({ mark, question, answer }) => `- ${mark.padEnd(6)} ${question}: ${answer}`,
			),
			'',
			`${title}: calls`,
			...describeCalls(answers),
		]),
		'---- end of the report ----',
	].join('\n');
}
