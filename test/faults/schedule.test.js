'use strict';

const { faults } = require('../../sandbox/index.mts');
const { createRandom } = require('./random');
const { CELLS, planRun } = require('./schedule');

const plans = Array.from({ length: 1800 }, (_, number) => planRun(1, number));

test('the same seed gives the same runs, another one others', () => {
	expect(plans.map(({ number }) => planRun(1, number))).toEqual(plans);
	expect(planRun(2, 0).items).not.toEqual(planRun(1, 0).items);
});

test('numbers are spread over the whole of their range', () => {
	const random = createRandom(1);
	const counts = Array.from({ length: 10 }, () => 0);
	for (let i = 0; i < 10_000; i++) counts[random.int(0, 9)] += 1;
	for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('every fault that the sandbox knows is met by creations, look-ups and switching off', () => {
	const presetsOf = (/** @type {string} */ method) =>
		new Set(
			plans
				.flatMap((plan) => plan.faults)
				.filter(({ match }) => match.method === method)
				.map(({ preset }) => preset),
		);
	const ofBodies = ['emptyAfter', 'notJsonAfter', 'noKeyAfter', 'wrongTypesAfter'];
	const all = Object.keys(faults).filter((preset) => preset !== 'staleList');
	const ofAnyCall = all.filter((preset) => preset !== 'late' && !ofBodies.includes(preset));
	expect([...presetsOf('POST')].sort()).toEqual(all.sort());
	expect([...presetsOf('GET')]).toEqual(expect.arrayContaining([...ofAnyCall, 'staleList']));
	expect([...presetsOf('PUT')].sort()).toEqual(ofAnyCall.sort());
});

test('every combination of settings meets every option, encryption, rotation and cancellation', () => {
	for (const cell of CELLS) {
		const runs = plans.filter((plan) => plan.cell === cell);
		const values = new Set(runs.flatMap(({ options }) => Object.entries(options).map(String)));
		expect([...values]).toEqual(
			expect.arrayContaining([
				'ifNameExists,create',
				'ifNameExists,skip',
				'ifNameExists,fail',
				'lostReply,report',
				'lostReply,revoke',
				'rollback,true',
				'rollback,false',
			]),
		);
		expect(runs.some(({ operation }) => operation === 'rotate')).toBe(true);
		expect(runs.some(({ resource }) => !resource.endsWith('ApiKey'))).toBe(true);
		expect(runs.some(({ encrypted }) => encrypted)).toBe(true);
		expect(runs.some(({ cancelAfter }) => cancelAfter !== undefined)).toBe(true);
	}
});
