/** What is taken for a state: anything else counts as none, and the next poll as the first. */
import { readState } from '../../dist/nodes/DigiCert/trigger/state.js';

const REPORT = {
	by: '1',
	at: 5,
	tries: 1,
	told: { '1 created': 'x' },
	before: { '1': { name: 'A' } },
};
const STATE = {
	version: 1,
	watch: 'userApiKeys',
	credential: '{}',
	since: '2026-01-01T00:00:00.000Z',
	events: 'created',
	filter: { ownerId: 7, nameContains: 'a', excludeAcme: false },
	revision: 1,
	keys: { '1': 'a' },
	report: REPORT,
};

test.each([
	['a whole one', STATE],
	['one of the partner API', { ...STATE, watch: 'subaccountApiKeys' }],
	['one without a report', { ...STATE, report: undefined }],
	['one without filters', { ...STATE, filter: { excludeAcme: true } }],
])('%s is read as it is', (_, state) => {
	expect(readState(state)).toBe(state);
});

test.each<[field: string, value: unknown]>([
	...[2, '1'].map((value): [string, unknown] => ['version', value]),
	['watch', 'keys'],
	['since', 1],
	['events', ['created']],
	['revision', '1'],
	['keys', { '1': 5 }],
	['keys', ['a', 5]],
	['filter', undefined],
	['filter', { excludeAcme: 'no' }],
	['filter', { excludeAcme: true, ownerId: '7' }],
	['filter', { excludeAcme: true, nameContains: 7 }],
	['report', null],
	['report', { ...REPORT, by: 1 }],
	['report', { ...REPORT, at: '5' }],
	['report', { ...REPORT, tries: '1' }],
	['report', { ...REPORT, told: { '1 created': 1 } }],
	['report', { ...REPORT, before: undefined }],
	['report', { ...REPORT, before: { '1': 'A' } }],
])('with %s %j it is none', (field, value) => {
	expect(readState({ ...STATE, [field]: value })).toBeUndefined();
});

test.each([undefined, null, 'text', [STATE]])('%j is none', (value) => {
	expect(readState(value)).toBeUndefined();
});
