'use strict';

const { execFileSync } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const { FOLDER, loadExample } = require('../support/examples');
const { useLab } = require('../support/lab');

const lab = useLab();
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

describe.each(FILES)('%s', (file) => {
	test('runs as it is: one key is created, put out, and used by the next step', async () => {
		const execution = await lab.run(await loadExample(file, lab.sandbox, lab.engine), {});
		expect(execution.status).toBe('success');
		expect(lab.created()).toHaveLength(1);
		const [used] = execution.items('Use the new key');
		expect(used.json.error).toBeUndefined();
		expect(lab.sandbox.requests()).toMatchObject([{ status: 201 }, { status: 200 }]);
		expect(lab.sandbox.requests()[1].keyLast4).toBe(lab.created()[0].last4);
	});

	test('a refused key leaves by the error branch', async () => {
		const workflow = await loadExample(file, lab.sandbox, lab.engine);
		lab.sandbox.addFault({
			when: 'before',
			action: 'reply',
			reply: { status: 404, body: {} },
			match: { method: 'POST' },
		});
		const execution = await lab.run(workflow, {});
		expect(execution.status).toBe('success');
		expect(execution.items('No key was delivered')).toHaveLength(1);
		expect(execution.items('Use the new key')).toEqual([]);
	});

	test('keeps executions out of the database, holds no secret, and explains itself', () => {
		const workflow = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
		expect(workflow.settings).toMatchObject({
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
		});
		expect(workflow.pinData).toEqual({});
		for (const node of workflow.nodes) expect(node.credentials).toBeUndefined();
		expect(workflow.nodes.map((/** @type {any} */ { type }) => type)).toContain(
			'n8n-nodes-base.stickyNote',
		);
	});
});

test('npm run demo ends with status 0 and prints no key', () => {
	const printed = execFileSync(process.execPath, [path.join(FOLDER, 'demo.js')], {
		encoding: 'utf8',
		// As for a user: n8n-core loads nodes in another way when it is told that a test runs.
		env: { ...process.env, NODE_ENV: undefined, JEST_WORKER_ID: undefined },
	});
	expect(printed).toContain('Both keys were created once, put out, and used by the next step.');
	expect(printed).toMatch(/headers +.*x-dc-devkey/);
	expect(printed).toMatch(/headers +.*x-partner-apikey/);
	expect(printed).not.toMatch(/[a-z0-9]{40}/);
});
