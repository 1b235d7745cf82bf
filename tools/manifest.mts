import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isRecord, parse } from '../test/support/read.mts';

/** What the tools read of package.json. */
export interface Manifest {
	name: string;
	version: string;
	/** Built files that n8n loads, such as `dist/nodes/DigiCert/DigiCert.node.js`. */
	nodes: string[];
	credentials: string[];
	/** All of it, as it is written. */
	fields: Record<string, unknown>;
}

/** The texts in a list; none when it is no list. */
export function textsOf(value: unknown): string[] {
	return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/**
 * @param root the folder with package.json
 * @throws Error when it is no manifest of a package
 */
export function readPackage(root: string): Manifest {
	const fields = parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	if (!isRecord(fields)) throw new Error('package.json is no object');
	const { name, version, n8n } = fields;
	if (typeof name !== 'string' || typeof version !== 'string') {
		throw new Error('package.json has no name or version');
	}
	const { nodes, credentials } = isRecord(n8n) ? n8n : {};
	return { name, version, nodes: textsOf(nodes), credentials: textsOf(credentials), fields };
}
