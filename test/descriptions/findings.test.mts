import { findingsOf } from '../../dist/nodes/DigiCert/digicert/findings.js';
import type { KeyFacts } from '../../dist/nodes/DigiCert/digicert/keyFacts.js';

const NOW = new Date('2026-07-01T12:00:00Z');
const THRESHOLDS = { unusedDays: 90, oldDays: 365 };
const SERVICE_USERS = {
	entries: [
		{ id: 7, status: 'active' },
		{ id: 8, status: 'Inactive' },
		{ id: 9 },
		{ id: 10, status: '' },
	],
	isComplete: true,
};

function daysAgo(days: number): Date {
	return new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000);
}

/** A key of which there is nothing to note. */
function keyWith(fields: Partial<KeyFacts> = {}): KeyFacts {
	return {
		id: 1,
		name: 'Build server',
		status: 'active',
		ownerId: 7,
		ownerName: '',
		createdAt: daysAgo(10),
		lastUsedAt: daysAgo(1),
		last4: undefined,
		record: { restricted_to_role_id: 100 },
		...fields,
	};
}

const CASES: [what: string, fields: Partial<KeyFacts>, findings: string[]][] = [
	['a young key in use', {}, []],
	['one that was never used', { lastUsedAt: undefined }, ['never_used']],
	['one without use for 91 days', { lastUsedAt: daysAgo(91) }, ['unused_90_days']],
	['one without use for just 90 days', { lastUsedAt: daysAgo(90) }, []],
	[
		'one that was never used, for 91 days',
		{ lastUsedAt: undefined, createdAt: daysAgo(91) },
		['never_used', 'unused_90_days'],
	],
	['one of 366 days', { createdAt: daysAgo(366) }, ['older_than_365_days']],
	['one of just 365 days', { createdAt: daysAgo(365) }, []],
	['one whose last use cannot be read', { lastUsedAt: new Date(Number.NaN) }, []],
	['one without any time', { createdAt: undefined, lastUsedAt: undefined }, ['never_used']],
	['one without a restriction', { record: { restricted_to_role_id: 0 } }, ['no_restriction']],
	['the same as text', { record: { restricted_to_role_id: '0' } }, ['no_restriction']],
	['one whose restriction is not told', { record: {} }, []],
	['one of a person', { ownerId: 1 }, ['owned_by_person']],
	['one of an inactive service user', { ownerId: 8 }, ['inactive_owner']],
	['one of an owner whose status is not told', { ownerId: 9 }, []],
	['one of an owner whose status is empty', { ownerId: 10 }, []],
	['one whose owner is not told', { ownerId: undefined }, []],
	['one that is switched off', { status: 'revoked', createdAt: daysAgo(999), ownerId: 2 }, []],
	[
		'an ACME directory URL',
		{ record: { restricted_to_role_id: 0, is_acme_directory_url: true }, ownerId: 2 },
		[],
	],
];

test.each(CASES)('%s', (_, fields, findings) => {
	expect(findingsOf([keyWith(fields)], SERVICE_USERS, THRESHOLDS, NOW).get(1)).toEqual(findings);
});

test('other thresholds give the same codes', () => {
	const key = keyWith({ createdAt: daysAgo(40), lastUsedAt: daysAgo(20) });
	const findings = findingsOf([key], SERVICE_USERS, { unusedDays: 14, oldDays: 30 }, NOW).get(1);
	expect(findings).toEqual(['unused_90_days', 'older_than_365_days']);
});

test('without lists of owners, nothing is said of owners', () => {
	expect(findingsOf([keyWith({ ownerId: 2 })], undefined, THRESHOLDS, NOW).get(1)).toEqual([]);
});

test('who is missing in an incomplete list of service users may be one all the same', () => {
	const keys = [keyWith({ ownerId: 1 }), keyWith({ id: 2, ownerId: 8 })];
	const some = { ...SERVICE_USERS, isComplete: false };
	expect([...findingsOf(keys, some, THRESHOLDS, NOW)]).toEqual([
		[1, []],
		[2, ['inactive_owner']],
	]);
});

test('keys of one owner and name are noted, whatever tags they have', () => {
	const keys = [
		keyWith({ id: 1 }),
		keyWith({ id: 2, name: ' Build server [n8n 7q4k2m]' }),
		keyWith({ id: 3, name: 'build server' }),
		keyWith({ id: 4, ownerId: 9 }),
		keyWith({ id: 5, ownerId: 9, status: 'revoked' }),
		keyWith({ id: 6, ownerId: 8, status: 'Active' }),
		keyWith({ id: 7, ownerId: 8 }),
		keyWith({ id: 8, ownerId: undefined }),
		keyWith({ id: 9, ownerId: undefined }),
	];
	const findings = findingsOf(keys, undefined, THRESHOLDS, NOW);
	const noted = [...findings].filter(([, codes]) => codes.includes('same_name'));
	expect(noted.map(([id]) => id)).toEqual([1, 2, 6, 7]);
	expect(findings.size).toBe(9);
});
