import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * Where n8n, Node.js and servers are kept between runs: `E2E_CACHE`, or a folder of ours in the
 * user's cache. Several gigabytes.
 */
const CACHE =
	process.env.E2E_CACHE ??
	path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'n8n-nodes-digicert');

/**
 * Makes a folder of the cache once. It gets its name when it is complete, so a run that was
 * interrupted leaves nothing that a later one would take for whole.
 *
 * @returns its path
 */
export async function cached(
	name: string,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = path.join(CACHE, name);
	if (existsSync(folder)) return folder;
	const unfinished = `${folder}.unfinished`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(unfinished, { recursive: true });
	await fill(unfinished);
	renameSync(unfinished, folder);
	return folder;
}
