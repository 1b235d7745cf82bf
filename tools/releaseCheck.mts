/**
 * `npm run release:check`: whether this checkout may be published, and what only a person can do
 * before a first time. publish.yml runs it on the built package. Ends with status 1 and the
 * reasons when it may not.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isRecord } from '../test/support/read.mts';
import { readPackage, type Manifest } from './manifest.mts';
import { checkPackage } from './packageCheck.mts';

const ROOT = path.dirname(import.meta.dirname);

/**
 * What stands in package.json because nobody has said yet who owns the package. n8n sends the
 * token that proves the ownership to the author's address.
 */
const PLACEHOLDER =
	/\bn8n-nodes-digicert maintainers\b|^maintainers@users\.noreply\.|\.com\/n8n-nodes-digicert\//;

const FIRST_PUBLISH = `
Before a first publish, a person has to
  1. own the name: nobody else may hold n8n-nodes-digicert on npm by then; if somebody does, take a
     scope (@owner/n8n-nodes-digicert), and change the name here, in the codex files and the README
  2. put the author, the repository and the homepage into package.json: n8n compares them with npm,
     and sends a token to the author's address
  3. publish once with a token: npm's Trusted Publishing can only be set up for a package that
     exists. Put the token into the repository's secret NPM_TOKEN, and run publish.yml
  4. set up Trusted Publishing on npm (this repository, publish.yml), and delete the token
  5. wait for the scan: what was published needs some minutes until npm shows it with its
     provenance. publish.yml repeats the scan for 17 minutes; npm run scan -- --published repeats it
`;

/** Where a link of package.json leads: `owner/repository`, or undefined when it is not on GitHub. */
function repositoryOf(link: unknown): string | undefined {
	const url = isRecord(link) ? link.url : link;
	if (typeof url !== 'string') return undefined;
	return /github\.com[/:]([^/#]+\/[^/#]+?)(\.git)?([/#].*)?$/.exec(url)?.[1];
}

/**
 * What speaks against a release.
 *
 * @param manifest package.json
 * @param changelog text of CHANGELOG.md
 * @param builtFrom the repository that publishes, as `owner/name`; undefined when it is not known
 * @returns one line for each reason; empty when there is none
 */
export function releaseFaults(
	{ fields, version }: Manifest,
	changelog: string,
	builtFrom?: string,
): string[] {
	const { author, repository, homepage, bugs } = fields;
	const { name, email } = isRecord(author) ? author : {};
	const links = { repository, homepage, bugs };
	const textOf = (link: unknown) => String(isRecord(link) ? link.url : link);
	const placeholders = Object.entries({ 'author.name': name, 'author.email': email, ...links })
		.filter(([, value]) => value === undefined || PLACEHOLDER.test(textOf(value)))
		.map(([field]) => `${field} in package.json is missing, or a placeholder`);
	const home = repositoryOf(repository);
	const elsewhere = Object.entries(links)
		.filter(([, link]) => home === undefined || repositoryOf(link) !== home)
		.map(([field]) => `${field} does not lead to one repository on GitHub, as the others do`);
	const dated =
		changelog.includes(`\n## ${version} (`) && !changelog.includes('(not yet published)');
	return [
		...placeholders,
		...elsewhere,
		...(builtFrom === undefined || builtFrom === home
			? []
			: [`${builtFrom} publishes, but package.json names ${home ?? 'no repository'}`]),
		...(dated ? [] : [`CHANGELOG.md has no date for ${version}`]),
	];
}

/** @returns the status to end with */
function main(): number {
	const manifest = readPackage(ROOT);
	const changelog = readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8');
	const faults = [
		...releaseFaults(manifest, changelog, process.env.GITHUB_REPOSITORY),
		...checkPackage(ROOT),
	];
	if (faults.length === 0) {
		console.log(`${manifest.name} ${manifest.version} may be published, by publish.yml.`);
	} else {
		console.log(['This may not be published:', ...faults].join('\n  '));
	}
	console.log(FIRST_PUBLISH);
	return faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main();
