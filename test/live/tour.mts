import { generateKeyPairSync } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import type { IDataObject } from 'n8n-workflow';

import { certCentral, partner, PARTNER_BASE_URL } from '../../dist/nodes/DigiCert/digicert/apis.js';
import type { Engine } from '../support/engine.mts';
import { workflowOf } from '../support/lab.mts';
import { dataObject, text } from '../support/read.mts';
import { observe, type Answer } from './observer.mts';
import type { Account } from './settings.mts';

/** A key that may only read (digicert-api.md A.3). */
const VIEW_ONLY = 102;

/** What sets the tour of one API apart from the other's. */
export const places = {
	certCentral: {
		title: 'CertCentral',
		/** The built node's own description of the API. */
		api: certCentral,
		/** When the credential has none. */
		baseUrl: '',
		/** The node's resource for keys. */
		resource: 'userApiKey',
		/** Parameter and filter that say whose keys. */
		owner: 'userId',
		/** Parameters that keep a new key from doing harm. */
		harmless: { restrictedToRoleId: VIEW_ONLY },
		/** Operation that switches a key off. */
		off: 'revoke',
		/** Operation that switches it on again. */
		on: 'reactivate',
		/** Whether keys can be renamed. */
		rename: true,
		/** Sections of the API reference with the questions that creating keys answers. */
		marks: { create: 'F.1', sameName: 'F.3', status: 'A.4.5', on: 'F.6' },
	},
	partner: {
		title: 'Partner Subscriptions',
		api: partner,
		baseUrl: PARTNER_BASE_URL,
		resource: 'subaccountApiKey',
		owner: 'accountId',
		harmless: {},
		off: 'deactivate',
		on: 'activate',
		rename: false,
		marks: { create: 'B.2.3', sameName: 'F.19', status: 'B.2.4', on: 'B.2.4' },
	},
};

export type Place = (typeof places)[keyof typeof places];

/** What a tour found out about an open question of DigiCert's documentation. */
export interface Finding {
	/** Section of the API reference. */
	mark: string;
	question: string;
	answer: string;
}

export interface Step {
	title: string;
	/** Whether it ended as expected. */
	ok: boolean;
	/** What the node put out. */
	items: IDataObject[];
	answers: Answer[];
}

export interface StepOptions {
	/** In place of the credential's. */
	apiKey?: string;
	/** DigiCert is expected to say no. */
	refused?: boolean;
	/** Also when the tour was told to stop. */
	always?: boolean;
}

export interface Host {
	say: (line: string) => void;
	isStopped: () => boolean;
}

export interface Tour {
	place: Place;
	steps: Step[];
	/**
	 * Runs one operation, such as `userApiKey.get`.
	 *
	 * @throws {Stopped}
	 */
	step: (
		title: string,
		operation: string,
		parameters: Record<string, unknown>,
		options?: StepOptions,
	) => Promise<Step>;
	endWatch: () => void;
}

/** A made-up key, and an ID that DigiCert is unlikely to have reached. */
export const WRONG_KEY = 'not-a-key-of-any-account';
export const UNKNOWN_ID = 2_147_483_647;

/** Thrown in place of a next step once the tour was told to stop. */
export class Stopped extends Error {}

/**
 * Options of each creation. The new keys are encrypted to a key pair whose private half is
 * dropped here and now, so that nobody can ever use them, and a lost one is switched off.
 */
export function creationOptions() {
	const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const recipientPublicKey = publicKey.export({ type: 'spki', format: 'pem' });
	return { recipientPublicKey, lostReply: 'revoke', verify: true, rateLimitWait: 60 };
}

/** Status and codes of the last answer. */
export function said({ answers }: Pick<Step, 'answers'>): string {
	const last = answers.at(-1);
	if (last === undefined) return 'no answer';
	return [`HTTP ${last.status}`, ...last.codes].join(', ');
}

/** Whether DigiCert said no to one of its calls. */
export function wasRefused({ answers }: Pick<Step, 'answers'>): boolean {
	return answers.some(({ status }) => status >= 400 && status < 500);
}

/**
 * The steps of one API's tour: operations of the built node in n8n's engine, each printed with
 * what DigiCert answered.
 */
export function startTour(
	engine: Engine,
	place: Place,
	{ credential }: Account,
	{ say, isStopped }: Host,
): Tour {
	const { api } = place;
	const steps: Step[] = [];
	let answers: Answer[] = [];
	const baseUrl = api.baseUrlOf(dataObject({ baseUrl: place.baseUrl, ...credential }));
	const endWatch = observe(text(baseUrl), (answer) => {
		answers.push(answer);
	});

	const step: Tour['step'] = async (title, operation, parameters, options = {}) => {
		const { apiKey = credential.apiKey, refused = false, always = false } = options;
		if (!always && isStopped()) throw new Stopped('The tour was told to stop');
		const [resource, name] = operation.split('.');
		const stored = await engine.credentials.store(api.credential, { ...credential, apiKey });
		answers = [];
		const usual = { resource, operation: name, options: { rateLimitWait: 60 }, filters: {} };
		const execution = await engine.run(
			workflowOf({ [api.credential]: stored }, { ...usual, ...parameters }),
		);
		await setImmediate();
		const worked = execution.status === 'success';
		const statuses = answers.map(({ status }) => `HTTP ${status}`).join(', ') || 'no answer';
		const ok = refused ? !worked && wasRefused({ answers }) : worked;
		// Without numbers that say whose account it was.
		const reason = (execution.error?.message ?? 'no items').replace(/\d{3,}/g, '…');
		const words = worked || (refused && ok) ? '' : `: ${reason}`;
		say(`  ${ok ? 'ok ' : 'NO '} ${title} (${statuses})${words}`);
		const items = worked ? execution.items('DigiCert').map(({ json }) => json) : [];
		const done = { title, ok, items, answers };
		steps.push(done);
		return done;
	};

	return { place, steps, step, endWatch };
}
