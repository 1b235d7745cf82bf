import { sampleOf } from '../../dist/nodes/DigiCert/trigger/sample.js';
import type { EventName } from '../../dist/nodes/DigiCert/trigger/events.js';
import { HOUR, keyWith, on, settingsWith, START } from './support.mts';

const later = (hours: number) => ({ createdAt: new Date(START + hours * HOUR) });
/** From the oldest to the newest. */
const KEYS = [
	keyWith(1, { lastUsedAt: undefined }),
	keyWith(2, later(1)),
	keyWith(3, { live: false, lastUsedAt: undefined, ...later(2) }),
	keyWith(4, { live: false, ...later(3) }),
];

test.each<[EventName, number]>([
	['created', 2],
	['switchedOff', 4],
	['switchedOn', 2],
	['neverUsed', 1],
	['unused', 2],
	['old', 2],
	['changed', 4],
	['removed', 4],
])('a sample of %s is the newest key to which it may have happened: %d', (event, id) => {
	expect(sampleOf(KEYS, settingsWith(on(event)))).toMatchObject([{ event, key: { id } }]);
});

test('where it happened to none, it is the newest of all', () => {
	expect(sampleOf(KEYS.slice(2), settingsWith(on('neverUsed')))).toMatchObject([
		{ event: 'neverUsed', key: { id: 4 } },
	]);
});
