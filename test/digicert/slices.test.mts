/**
 * Long work without waiting lets n8n go on: in a clock that says that every small part of it takes
 * 1 ms, other work has its turn every 10 of them. How long it takes on a machine, `npm run bench`
 * says.
 */
import { toListing } from '../../dist/nodes/DigiCert/digicert/keyFacts.js';
import { inLanes, inSlices } from '../../dist/nodes/DigiCert/scheduling.js';

const COUNT = 300;
const keys = Array.from({ length: COUNT }, (_, i) => ({ id: i + 1, name: `Key ${i}` }));

/** What the clock says. */
let now = 0;

/** How often other work had its turn while something was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
	// It never goes back.
	now = Math.max(now, performance.now());
	let turns = 0;
	const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 1));
	const other = setInterval(() => (turns += 1), 0);
	try {
		await work();
	} finally {
		clearInterval(other);
		clock.mockRestore();
	}
	return turns;
}

test.each<[what: string, work: () => Promise<unknown>]>([
	[
		'things are gone through',
		async () => {
			await inSlices(keys, () => undefined);
		},
	],
	['a list is read', async () => await toListing(keys)],
	[
		'lanes are laid',
		async () => {
			await inLanes(
				keys,
				({ name }) => name,
				1,
				async () => {
					await Promise.resolve();
				},
				() => true,
			);
		},
	],
])('n8n goes on while %s', async (_, work) => {
	expect(await turnsDuring(work)).toBeGreaterThan(COUNT / 20);
});
