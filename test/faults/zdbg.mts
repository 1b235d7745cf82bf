import fc from 'fast-check';
import { createRunner } from '/work/wt/faults/test/faults/perform.mts';
import { planArbitrary } from '/work/wt/faults/test/faults/plan.mts';
import { toCase, findAll } from '/work/wt/faults/test/faults/rules.mts';
const [seed, n, pairs] = process.argv.slice(2);
const plan = fc
	.sample(planArbitrary(pairs !== undefined), { seed: Number(seed), numRuns: Number(n) + 1 })
	.at(-1)!;
const runner = await createRunner();
const stage = await runner.openStage();
const seen = await runner.perform(plan, stage, 4);
const { items, ...rest } = plan;
console.log(JSON.stringify(rest));
items.forEach((i, x) => console.log(x, JSON.stringify(i)));
for (const r of seen.requests)
	console.log(
		r.seq,
		r.execution,
		r.call,
		r.path,
		r.name,
		r.status,
		r.fault ?? '',
		r.createdKeyId ?? '',
	);
for (const e of seen.executions) {
	console.log(e.index, e.status, e.stopText.slice(0, 600), JSON.stringify(e.delivered));
	for (const t of e.told) console.log(JSON.stringify(t));
	console.log(JSON.stringify(e.thrown));
}
console.log(seen.keys.map((k) => `${k.id} ${k.name} ${k.ownerId} ${k.status}`).join('\n'));
console.log(seen.isTooBusy, findAll(toCase(seen)));
process.exit();
