'use strict';

const { generateKeyPairSync } = require('node:crypto');
const { setImmediate } = require('node:timers/promises');

const { observe } = require('./observer');

/**
 * What sets the tour of one API apart from the other's.
 *
 * @typedef {object} Place
 * @property {string} title
 * @property {any} api the built node's own description of the API
 * @property {string} [baseUrl] when the credential has none
 * @property {string} resource the node's resource for keys
 * @property {string} owner parameter and filter that say whose keys
 * @property {Record<string, unknown>} harmless parameters that keep a new key from doing harm
 * @property {string} off operation that switches a key off
 * @property {string} on operation that switches it on again
 * @property {boolean} rename whether keys can be renamed
 * @property {Record<'create' | 'sameName' | 'status' | 'on', string>} marks sections of the API
 *   reference with the questions that creating keys answers
 *
 * @typedef {import('./observer').Answer} Answer
 * @typedef {{ title: string, ok: boolean, items: any[], answers: Answer[] }} Step
 * @typedef {ReturnType<typeof startTour>} Tour
 */

/** A made-up key, and an ID that DigiCert is unlikely to have reached. */
const WRONG_KEY = 'not-a-key-of-any-account';
const UNKNOWN_ID = 2_147_483_647;

/** Thrown in place of a next step once the tour was told to stop. */
class Stopped extends Error {}

/** A resource locator by ID. @param {unknown} value */
function byId(value) {
	return { __rl: true, mode: 'id', value: String(value) };
}

/**
 * Options of each creation. The new keys are encrypted to a key pair whose private half is
 * dropped here and now, so that nobody can ever use them, and a lost one is switched off.
 */
function creationOptions() {
	const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const recipientPublicKey = publicKey.export({ type: 'spki', format: 'pem' });
	return { recipientPublicKey, lostReply: 'revoke', verify: true, rateLimitWait: 60 };
}

/** The error of a step without numbers that say whose account it was. @param {any} error */
function describeError(error) {
	return String(error?.message ?? 'no items').replace(/\d{3,}/g, '…');
}

/**
 * The steps of one API's tour: operations of the built node in n8n's engine, each printed with
 * what DigiCert answered.
 *
 * @param {import('../support/engine').Engine} engine
 * @param {Place} place
 * @param {{ apiKey: string, baseUrl?: string }} credential
 * @param {{ say: (line: string) => void, isStopped: () => boolean }} host
 */
function startTour(engine, place, credential, { say, isStopped }) {
	/** @type {Step[]} */
	const steps = [];
	/** @type {Answer[]} */
	let answers = [];
	const baseUrl = place.api.baseUrlOf({ baseUrl: place.baseUrl, ...credential });
	const endWatch = observe(baseUrl, (answer) => {
		answers.push(answer);
	});

	/**
	 * Runs one operation. It is expected to work, or with `refused` to be refused.
	 *
	 * @param {string} title
	 * @param {string} operation such as `userApiKey.get`
	 * @param {Record<string, unknown>} parameters
	 * @param {{ apiKey?: string, refused?: boolean, always?: boolean }} [more] another key; `always`:
	 *   even when the tour was told to stop
	 * @returns {Promise<Step>}
	 * @throws {Stopped}
	 */
	async function step(title, operation, parameters, { apiKey, refused = false, always } = {}) {
		if (!always && isStopped()) throw new Stopped('The tour was told to stop');
		const [resource, name] = operation.split('.');
		const credentials = {
			[place.api.credential]: await engine.credentials.store(place.api.credential, {
				...credential,
				...(apiKey === undefined ? {} : { apiKey }),
			}),
		};
		answers = [];
		const node = { position: [0, 0], typeVersion: 1 };
		const execution = await engine.run({
			nodes: [
				{ ...node, name: 'Start', type: 'n8n-nodes-base.manualTrigger', parameters: {} },
				{
					...node,
					name: 'DigiCert',
					type: 'n8n-nodes-digicert.digiCert',
					credentials,
					parameters: {
						resource,
						operation: name,
						options: { rateLimitWait: 60 },
						filters: {},
						...parameters,
					},
				},
			],
			connections: { Start: { main: [[{ node: 'DigiCert', type: 'main', index: 0 }]] } },
		});
		await setImmediate();
		const worked = execution.status === 'success';
		const statuses = answers.map(({ status }) => `HTTP ${status}`).join(', ') || 'no answer';
		const wasRefused = !worked && answers.some(({ status }) => status >= 400 && status < 500);
		const ok = refused ? wasRefused : worked;
		const words = worked ? '' : `: ${describeError(execution.error)}`;
		say(`  ${ok ? 'ok ' : 'NO '} ${title} (${statuses})${refused && ok ? '' : words}`);
		const items = execution.items('DigiCert').map(({ json }) => json);
		const done = { title, ok, items: worked ? items : [], answers };
		steps.push(done);
		return done;
	}

	return { place, steps, step, endWatch };
}

module.exports = { byId, creationOptions, startTour, Stopped, UNKNOWN_ID, WRONG_KEY };
