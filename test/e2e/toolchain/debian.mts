import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { run, say } from '../processes.mts';
import { cached } from './cache.mts';

export interface Program {
	/** Path of the program. */
	command: string;
	/** An environment in which it finds its libraries. */
	env: NodeJS.ProcessEnv;
	/** Where it was unpacked, if it was. */
	folder?: string;
}

function find(folder: string, pattern: RegExp): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((file) => path.join(folder, file))
		.filter((file) => pattern.test(file));
}

/**
 * A server of this machine, or else one out of Debian's packages, which are unpacked into the
 * cache: nothing is installed, so no service of Debian's starts and no root is needed.
 *
 * @param name of the cache's folder
 * @param packages of Debian
 * @param places where the program is when it is installed
 * @param pattern its path within the packages
 * @throws {Error} when there is neither
 */
export async function debianProgram(
	name: string,
	packages: string[],
	places: string[],
	pattern: RegExp,
): Promise<Program> {
	const installed = places.find((place) => existsSync(place));
	if (installed !== undefined) return { command: installed, env: process.env };

	const folder = await cached(name, async (unfinished) => {
		say(`fetching Debian's ${packages.join(', ')}`);
		const archives = path.join(unfinished, 'archives');
		mkdirSync(path.join(archives, 'partial'), { recursive: true });
		const options = [
			`Dir::Cache::archives=${archives}`,
			'Debug::NoLocking=1',
			'APT::Sandbox::User=',
		];
		await run('apt-get', [
			...options.flatMap((option) => ['-o', option]),
			...['install', '--yes', '--download-only', '--no-install-recommends', ...packages],
		]);
		for (const archive of find(archives, /\.deb$/)) {
			await run('dpkg', ['--extract', archive, unfinished]);
		}
	});
	const [command] = find(folder, pattern);
	if (command === undefined) throw new Error(`${packages.join(', ')} lack ${pattern.source}`);
	const libraries = find(folder, /\.so(\.\d+)*$/).map((file) => path.dirname(file));
	const LD_LIBRARY_PATH = [...new Set(libraries), process.env.LD_LIBRARY_PATH ?? []]
		.flat()
		.join(':');
	return { command, env: { ...process.env, LD_LIBRARY_PATH }, folder };
}

/** The same program in another place, for a user who may not read the cache. */
export function copyOf(program: Program, place: string): Program {
	const { command, env, folder } = program;
	if (folder === undefined) return program;
	cpSync(folder, place, { recursive: true, verbatimSymlinks: true });
	return {
		command: command.replace(folder, place),
		env: { ...env, LD_LIBRARY_PATH: env.LD_LIBRARY_PATH?.replaceAll(folder, place) },
	};
}

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser: the one that CHROMIUM names, or an installed one; undefined when there is none. */
export function chromium(): string | undefined {
	return [process.env.CHROMIUM ?? '', ...CHROMIUMS].find((place) => existsSync(place));
}
