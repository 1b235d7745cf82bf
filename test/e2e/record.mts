import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';

import { parse } from '../support/read.mts';
import { nodeOf } from './toolchain/n8n.mts';
import { newest, oldest } from './toolchain/releases.mts';
import { rowOf, write, type Results } from './written.mts';

const RELEASES = { newest, oldest, editor: newest };

/**
 * Counts what passed in each project, says so in the closing line, and with E2E_WRITE=yes writes
 * it into the documentation, if nothing failed.
 */
export default class Recorder implements Reporter {
	readonly #passed = new Map<string, number>();
	#failed = 0;
	#queue: Results['queue'] = [];

	onTestEnd(test: TestCase, { status, attachments }: TestResult): void {
		const project = test.parent.project()?.name ?? '';
		if (status === 'passed') this.#passed.set(project, (this.#passed.get(project) ?? 0) + 1);
		else this.#failed += 1;
		for (const { name, body } of attachments) {
			if (name === 'row') this.#queue.push(rowOf(parse(String(body))));
		}
	}

	async onEnd({ status }: FullResult): Promise<void> {
		const all = [...this.#passed.values()].reduce((sum, count) => sum + count, 0);
		console.log(`${all} passed, ${this.#failed} failed`);
		if (process.env.E2E_WRITE !== 'yes' || status !== 'passed') return;
		const found: Partial<Results> = this.#queue.length > 0 ? { queue: this.#queue } : {};
		for (const project of ['newest', 'oldest', 'editor'] as const) {
			const checks = this.#passed.get(project);
			if (checks === undefined) continue;
			const { version: n8n, node } = RELEASES[project];
			found[project] = { n8n, node: (await nodeOf(node)).version, checks };
		}
		await write(found);
	}
}
