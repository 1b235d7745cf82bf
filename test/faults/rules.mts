import { KINDS } from './faultKinds.mts';
import type { Call } from './faultKinds.mts';
import type {
	Ask,
	EarlierSeen,
	ExecutionSeen,
	KeySeen,
	Observation,
	RequestSeen,
} from './observation.mts';
import { bareName, pathIdOf } from './observation.mts';
import { isRefused } from './plan.mts';
import type { ToldKey } from './told.mts';

/** What must never be. */
export const VIOLATIONS = [
	'live key unseen',
	'dead key delivered',
	'two keys for one item',
	'more than one live key for a name under skip',
	'creation sent again',
	'secret told',
	'foreign host reached',
	'not rolled back',
	'healthy answer thrown away',
	'told as switched off but alive',
	'told state wrong',
	"others' key switched off",
	'delivered key of another execution switched off',
	'stored key dead, and no error says so',
	'old key off, though no new one is stored',
	'wrong item',
	'no result',
	'input passed off as success',
	'refused run sent something',
] as const;
export type Violation = (typeof VIOLATIONS)[number];

export interface Finding {
	readonly violation: Violation;
	readonly detail: string;
}

/** A key of the run with the request that made it, and what that asked for. */
export interface Made {
	readonly key: KeySeen;
	readonly request: RequestSeen;
	readonly by: ExecutionSeen;
	readonly lane: string;
	/** Whether the node got the whole of a right answer. */
	readonly isInHand: boolean;
}

/**
 * What the rules go by: an observation, and what follows from it. What an execution says to have
 * handed over is delivered as the key that was stored, if one was.
 */
export interface Case extends Observation {
	readonly made: readonly Made[];
	readonly handedOver: ReadonlySet<number>;
	readonly delivered: ReadonlySet<number>;
}

const isLive = ({ status }: KeySeen) => status === 'active';
/** What of an owner and a name has to be different for two keys to be two things. */
const laneOf = (owner: string, name: string) => JSON.stringify([owner, bareName(name)]);

function count(lanes: readonly string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const lane of lanes) counts.set(lane, (counts.get(lane) ?? 0) + 1);
	return counts;
}

/** Requests to create that were let through. */
export const creationsIn = (requests: readonly RequestSeen[]) =>
	requests.filter(
		({ call, status, createdKeyId }) =>
			call === 'create' && (status !== 429 || createdKeyId !== undefined),
	);

/** Whether an answer came as it is, or nearly. */
const isIntact = ({ fault }: RequestSeen) => fault === undefined || KINDS[fault]?.showsAll === true;

/** Whether an answer gave the value and not which of the listed keys it is. */
const isNameless = ({ fault = '' }: RequestSeen) => ['noId', 'bigId', 'textId'].includes(fault);

/** The calls that switch a key off. */
const offsOf = ({ requests }: Observation, id: number) =>
	requests.filter(({ call, path }) => call === 'switchOff' && pathIdOf(path) === id);

/** Whether a run had one of its calls broken by an exception of n8n's helper. */
const hasThrown = ({ thrown }: ExecutionSeen, of: Call, ofName?: string) =>
	thrown.some(({ call, name }) => call === of && (ofName === undefined || ofName === name));

/** The stored keys that an execution says to have handed over: by ID, else by owner and name. */
function handOversOf(
	{ handedOver, told, stored }: ExecutionSeen,
	made: Case['made'],
	asks: Case['asks'],
) {
	const claims = [
		...handedOver,
		...told.flatMap(({ state, item = -1, id }) =>
			state === 'handed_over' ? [{ item, id: id ?? undefined }] : [],
		),
	];
	const left = stored.map(({ keyId }) => keyId);
	return claims
		.sort((a, b) => Number(a.id === undefined) - Number(b.id === undefined))
		.map(({ item, id }) => {
			const ask = asks[item];
			const isElse = (key: KeySeen) =>
				told.some(({ id: of, state }) => of === key.id && ['live', 'switched_off'].includes(state));
			const isIt = ({ key, lane }: Made) =>
				id === undefined
					? ask && lane === laneOf(ask.owner, ask.name) && !isElse(key)
					: key.id === id;
			const [keyId] = left.filter((one) => made.some((of) => of.key.id === one && isIt(of)));
			left.splice(left.indexOf(keyId), keyId === undefined ? 0 : 1);
			return { item, keyId };
		});
}

/** Adds what follows from an observation. */
export function toCase(observation: Observation): Case {
	const { requests, keys, asks } = observation;
	const made = keys.flatMap((key) => {
		const request = requests.find(({ createdKeyId }) => createdKeyId === key.id);
		if (request === undefined) return [];
		const by = observation.executions[request.execution];
		if (by === undefined) throw new Error(`Nobody made the key ${key.id}`);
		const isInHand =
			request.status === 201 &&
			isIntact(request) &&
			!hasThrown(by, 'create', bareName(request.name));
		return [{ key, request, by, lane: laneOf(request.owner, request.name), isInHand }];
	});
	const handOvers = observation.executions.map((one) => handOversOf(one, made, asks));
	const executions = observation.executions.map((one, index) => ({
		...one,
		delivered: [...one.delivered, ...(handOvers[index] ?? [])],
	}));
	const idsOf = (lists: readonly ExecutionSeen['delivered'][]) =>
		new Set(lists.flat().flatMap(({ keyId }) => keyId ?? []));
	return {
		...observation,
		executions,
		made: made.map((one) => ({ ...one, by: executions[one.by.index] ?? one.by })),
		handedOver: idsOf(handOvers),
		delivered: idsOf(executions.map(({ delivered }) => delivered)),
	};
}

/** Why a live key could not be named by its ID: nobody could have seen it. */
function isExcused({ key, request, by }: Made, { requests }: Observation): boolean {
	const looks = requests.filter(
		({ call, execution, seq }) => call === 'list' && execution === by.index && seq > request.seq,
	);
	return (
		hasThrown(by, 'list') ||
		looks.some((look) => look.status !== 200 || !isIntact(look) || look.at <= key.createdAt)
	);
}

const isUnknown = ({ state }: ToldKey) => state === 'may_exist' || state === 'live';
const laneTold = ({ owner = '', name = '' }: ToldKey) => laneOf(owner, name);
/** Whether what is told is about a key: by its ID where that is told, else by owner and name. */
const isAbout =
	({ key, lane }: Made) =>
	(told: ToldKey) =>
		told.id === null ? laneTold(told) === lane : told.id === key.id;

/** Live keys that nobody received, and how they are told of. */
export function undelivered(all: Case) {
	const orphans = all.made.filter(({ key }) => isLive(key) && !all.delivered.has(key.id));
	const isNamed = ({ key, by }: Made) => by.told.some(({ id }) => id === key.id);
	const named = orphans.filter(isNamed);
	const used = new Set<ToldKey>();
	const described = orphans
		.filter((orphan) => !isNamed(orphan))
		.filter((orphan) => {
			const told = orphan.by.told.find(
				(entry) =>
					entry.id === null &&
					isUnknown(entry) &&
					laneTold(entry) === orphan.lane &&
					!used.has(entry),
			);
			if (told === undefined) return false;
			used.add(told);
			// Without a roll-back nobody looks which ID the answer did not tell.
			const isUnsought = all.plan.options.rollback === false || all.plan.handOver !== undefined;
			const isKept = isUnsought && isNameless(orphan.request);
			return all.plan.operation === 'createOwner' || isKept || isExcused(orphan, all);
		});
	const unseen = orphans.filter((orphan) => !named.includes(orphan) && !described.includes(orphan));
	return { named, described, unseen };
}

type Rule = (all: Case) => Finding[];
const found = (violation: Violation, details: readonly string[]): Finding[] =>
	details.map((detail) => ({ violation, detail }));
const nameOf = ({ key, request, lane }: Made) =>
	`key ${key.id} ${lane} (fault ${request.fault ?? 'none'})`;

const findUnseen: Rule = (all) => found('live key unseen', undelivered(all).unseen.map(nameOf));

/** Records that say which key an item was skipped for, of a key that is off although its maker went on. */
const findDeadRecords: Rule = ({ executions, made, plan }) =>
	executions.flatMap(({ skippedFor }) =>
		skippedFor.flatMap((id) => {
			const of = made.find(({ key }) => key.id === id);
			const isGivenUp =
				plan.cell.onError === 'stopWorkflow' ||
				of?.by.status === 'canceled' ||
				// Its own error names it: the answer was lost, or the hand-over that followed failed.
				of?.by.told.some((told) => told.id === id);
			return of === undefined || isLive(of.key) || isGivenUp
				? []
				: found('dead key delivered', [`the record of ${nameOf(of)}`]);
		}),
	);

const findWrongDeliveries: Rule = ({ executions, made, asks, handedOver }) =>
	executions.flatMap(({ delivered }) =>
		delivered.flatMap(({ item, keyId }): Finding[] => {
			const of = made.find(({ key }) => key.id === keyId);
			const detail = `key ${keyId} at item ${item}`;
			// One that was handed over is told of with the stored ones.
			if (of !== undefined && handedOver.has(of.key.id)) return [];
			if (of === undefined || !isLive(of.key)) return found('dead key delivered', [detail]);
			const ask = asks[item];
			const isAsked = ask !== undefined && laneOf(ask.owner, ask.name) === of.lane;
			return isAsked ? [] : found('wrong item', [detail]);
		}),
	);

/** Live keys of the names that were there before, those that are replaced left out. */
const laneCounts = ({ earlier }: Observation) =>
	count(
		earlier
			.filter((key) => isLive(key) && key.rotatedBy === undefined)
			.map(({ ownerId, name }) => laneOf(String(ownerId), name)),
	);

const findDoubles: Rule = ({ asks, made, plan, executions }) => {
	if ((plan.options.ifNameExists ?? 'create') !== 'create') return [];
	const asked = count(asks.map(({ owner, name }) => laneOf(owner, name)));
	const live = count(made.filter(({ key }) => isLive(key)).map(({ lane }) => lane));
	return [...live].flatMap(([lane, keys]) => {
		const allowed = (asked.get(lane) ?? 0) * executions.length;
		return keys > allowed ? found('two keys for one item', [`${lane}: ${keys} live`]) : [];
	});
};

/** Two live keys that a run could not help: it saw no good list, or could not switch its own off. */
function isHelpless(lane: string, all: Case): boolean {
	const { made, requests, executions } = all;
	const offs = made.filter((one) => one.lane === lane).flatMap(({ key }) => offsOf(all, key.id));
	return (
		executions.some((one) => hasThrown(one, 'list') || hasThrown(one, 'switchOff')) ||
		requests.some((one) => one.call === 'list' && (one.status !== 200 || !isIntact(one))) ||
		offs.some(({ status }) => status !== 204)
	);
}

const findDoublesUnderSkip: Rule = (all) => {
	const { made, plan, executions, requests } = all;
	if ((plan.options.ifNameExists ?? 'create') === 'create') return [];
	// A list that lies about what was there makes any client create it again.
	if (requests.some(({ fault }) => fault === 'staleList')) return [];
	const before = laneCounts(all);
	const isTold = (one: Made) => one.by.told.some(isAbout(one));
	const live = made.filter((one) => isLive(one.key) && (executions.length === 1 || !isTold(one)));
	return [...count(live.map(({ lane }) => lane))].flatMap(([lane, keys]) => {
		if (keys <= Math.max(0, 1 - (before.get(lane) ?? 0))) return [];
		if (executions.length > 1 && isHelpless(lane, all)) return [];
		// A tagged key may be about to be switched off as lost, and a run does not know its own key
		// when the answer does not tell the ID: then both stay, and one names the other.
		const ofLane = live.filter((one) => one.lane === lane);
		const isOpen =
			plan.options.lostReply === 'revoke' || ofLane.some(({ request }) => isNameless(request));
		const isNamed = ofLane.some(({ key, by, request }) =>
			executions.some(
				(one) =>
					(one !== by && one.mentions.has(key.id)) ||
					(isNameless(request) && one.hints.includes('[item ')),
			),
		);
		if (isOpen && isNamed) return [];
		return found('more than one live key for a name under skip', [`${lane}: ${keys} live`]);
	});
};

const findRepeats: Rule = ({ asks, requests, executions }) => {
	const asked = count(asks.map(({ owner, name }) => laneOf(owner, name)));
	return executions.flatMap(({ index }) => {
		const own = creationsIn(requests).filter(({ execution }) => execution === index);
		return [...count(own.map(({ owner, name }) => laneOf(owner, name)))].flatMap(([lane, sent]) => {
			const allowed = asked.get(lane) ?? 0;
			return sent > allowed
				? found('creation sent again', [`${lane}: ${sent} for ${allowed}`])
				: [];
		});
	});
};

/** Whether a key that a sub-workflow was called with is told to be live: it stays, or its switch-off broke. */
const isKept = (one: Made, { plan: { handOver } }: Case) =>
	(handOver?.keepsNew === true || (handOver !== undefined && hasThrown(one.by, 'switchOff'))) &&
	one.by.told.some((told) => told.state === 'live' && isAbout(one)(told));

/** Keys whose value the node had in hand when it stopped, and that live though nothing was tried. */
const findLeftOn: Rule = (all) => {
	const { plan, made } = all;
	if (plan.options.rollback === false) return [];
	const left = made.filter((one) => {
		const { key, by, isInHand } = one;
		const isStopped = by.status === 'canceled' || plan.cell.onError === 'stopWorkflow';
		if (!isStopped || by.status === 'success' || by.outputs.length > 0) return false;
		if (all.handedOver.has(key.id) || isKept(one, all)) return false;
		const isTried = offsOf(all, key.id).length > 0;
		// An answer that came when time was up may have been given up on.
		const isInDoubt = by.told.some(({ id, state }) => id === key.id && state === 'candidate');
		// The ID of a new owner's key has to be looked up first, and that may fail.
		const isHidden = plan.operation === 'createOwner' && isExcused(one, all);
		return (
			isInHand && isLive(key) && !isTried && !isInDoubt && !isHidden && !hasThrown(by, 'switchOff')
		);
	});
	return found('not rolled back', left.map(nameOf));
};

/** Creations that the node gave up, though nothing was wrong with them and there was time. */
const findGivenUp: Rule = ({ plan, made }) => {
	const givenUp = made.filter(
		({ request, by }) =>
			request.status === 'dropped' &&
			isIntact(request) &&
			!hasThrown(by, 'create', bareName(request.name)) &&
			plan.executions[by.index]?.cancelAfter === undefined,
	);
	return found('healthy answer thrown away', givenUp.map(nameOf));
};

const findThrownAway: Rule = (all) => {
	const { plan, made, delivered, asks } = all;
	if (plan.cell.onError === 'stopWorkflow') return [];
	/** A store that did not take it: it is switched off if that can be, and named in each case. */
	const mayFail = (lane: string) =>
		plan.handOver !== undefined &&
		asks.some((ask, i) => laneOf(ask.owner, ask.name) === lane && plan.items[i]?.store !== 'takes');
	const lost = made.filter((one) => {
		const { key, by, isInHand, lane } = one;
		return (
			isInHand &&
			!isKept(one, all) &&
			!mayFail(lane) &&
			// It was to give way, and that broke off in n8n.
			!hasThrown(by, 'switchOff') &&
			by.status !== 'canceled' &&
			!delivered.has(key.id) &&
			offsOf(all, key.id).length === 0
		);
	});
	return found('healthy answer thrown away', lost.map(nameOf));
};

/** Whether what is told of a key is not of another owner or name. */
const fits = (ask: Ask | undefined, { owner, name }: ToldKey) =>
	ask !== undefined &&
	(owner === undefined || owner === ask.owner) &&
	(name === undefined || bareName(name) === bareName(ask.name));

const findUntrue: Rule = (all) => {
	const { executions, made, earlier, asks, plan } = all;
	return executions.flatMap((execution): Finding[] => [
		...found('told state wrong', execution.malformed),
		...execution.told.flatMap((told): Finding[] => {
			const wrong = (why: string) => found('told state wrong', [`${JSON.stringify(told)}: ${why}`]);
			const ask = told.item === undefined ? undefined : asks[told.item];
			// A new owner whose ID is not known may have any key of the name, told with its own owner.
			const isOpen = plan.operation === 'createOwner' && told.state === 'candidate';
			const asked = isOpen && ask !== undefined ? { ...ask, owner: told.owner ?? '' } : ask;
			if (told.item !== undefined && !fits(asked, told)) return wrong('another item');
			// Which key that is, and whether it is stored, its delivery tells.
			if (told.state === 'handed_over') return [];
			if (told.id === null) {
				return isUnknown(told) ? [] : wrong('an ID is missing');
			}
			const own = made.find(({ key }) => key.id === told.id);
			const other = earlier.find(({ id }) => id === told.id);
			const key = own?.key ?? other;
			if (key === undefined) return wrong('there is no such key');
			const listed = plan.cell.api === 'partner' ? String(key.ownerId) : told.owner;
			const owner = isOpen ? listed : (own?.request.owner ?? String(key.ownerId));
			const ofKey = { owner: owner ?? '', name: key.name };
			if (!fits(ofKey, told)) return wrong('it is of another name or owner');
			// Whether a call that was lost has switched a key off, nobody can tell.
			const isLostOff = offsOf(all, told.id).some((one) => one.status !== 204 || !isIntact(one));
			const isOurs = own?.by === execution;
			const isHeld = execution.delivered.some(({ keyId }) => keyId === told.id);
			switch (told.state) {
				case 'switched_off':
					if (isLive(key)) return found('told as switched off but alive', [`key ${told.id}`]);
					return isOurs ? [] : wrong('it is not of this execution');
				case 'live':
					if (!isOurs) return wrong('it is not of this execution');
					if (isHeld && execution.status !== 'canceled') return wrong('it was delivered');
					return isLive(key) || isLostOff || hasThrown(execution, 'switchOff')
						? []
						: wrong('it is off');
				case 'candidate':
					if (other?.lastUsedAt !== undefined) return wrong('it is in use');
					if (isHeld && !isOpen && !(own !== undefined && isNameless(own.request)))
						return wrong('it was delivered');
					return isLive(key) || isLostOff || isOpen || !isOurs ? [] : wrong('it is off');
				case 'may_exist':
					return wrong('an ID goes with another state');
			}
		}),
	]);
};

/** Stored keys that do not work, unless an error names them. */
const findStoredDead: Rule = ({ executions, made }) =>
	executions.flatMap(({ stored, told }) =>
		stored.flatMap(({ keyId }) => {
			const of = made.find(({ key }) => key.id === keyId);
			if (of === undefined) return found('dead key delivered', ['what was stored opens nothing']);
			const isTold = told.some(({ id, state }) => id === keyId && state !== 'handed_over');
			return isLive(of.key) || isTold
				? []
				: found('stored key dead, and no error says so', [nameOf(of)]);
		}),
	);

/** Whether an old key may be off: its successor was stored before, as its owner is to know it. */
const isReplaced = (all: Case, { rotatedBy = -1 }: EarlierSeen, request: RequestSeen) => {
	const ask = all.asks[rotatedBy];
	const stored = all.executions[request.execution]?.stored ?? [];
	return (
		all.plan.handOver?.switchesOffOld === true &&
		all.made.some(
			({ key, lane }) =>
				isLive(key) &&
				ask !== undefined &&
				lane === laneOf(ask.owner, ask.name) &&
				stored.some(({ keyId, at }) => keyId === key.id && at < request.seq),
		)
	);
};

const findSwitchedOff: Rule = (all) => {
	const { earlier, requests, made, delivered } = all;
	return [
		...found(
			"others' key switched off",
			earlier
				.filter((key) => key.status !== key.statusBefore && offsOf(all, key.id).length === 0)
				.map(({ id, name, status }) => `key ${id} (${name}) became ${status}`),
		),
		...requests
			.filter(({ call }) => call === 'switchOff')
			.flatMap((request) => {
				const id = pathIdOf(request.path);
				const of = made.find(({ key }) => key.id === id);
				if (of?.request.execution === request.execution) return [];
				const detail = `${request.path} by execution ${request.execution}`;
				const old = earlier.find((key) => key.id === id && key.rotatedBy !== undefined);
				if (old !== undefined && all.plan.handOver !== undefined) {
					return isReplaced(all, old, request)
						? []
						: found('old key off, though no new one is stored', [detail]);
				}
				const violation = delivered.has(id)
					? 'delivered key of another execution switched off'
					: "others' key switched off";
				return found(violation, [detail]);
			}),
	];
};

const findMissingResults: Rule = ({ plan, executions }) =>
	executions.flatMap(({ status, outputs, stopText, passedOff, empty }) => [
		...found(
			'input passed off as success',
			passedOff.map((item) => `item ${item}`),
		),
		...found(
			'no result',
			empty.map((item) => `item ${item} has neither a key nor a record, or is too deep for n8n`),
		),
		...(status === 'canceled' || plan.cell.onError === 'stopWorkflow'
			? []
			: missing(plan.items.length, outputs, stopText)),
	]);

function missing(items: number, outputs: readonly number[], stopText: string): Finding[] {
	if (stopText !== '') return found('no result', [`the node stopped: ${stopText}`]);
	const seen = [...outputs].sort((a, b) => a - b);
	const isComplete = seen.length === items && seen.every((item, index) => item === index);
	return isComplete ? [] : found('no result', [`outputs of items ${seen.join(', ')}`]);
}

const findSentThoughRefused: Rule = ({ plan, requests, executions }) => {
	if (!isRefused(plan.cell)) return [];
	const isSaid = executions.every(({ stopText }) => stopText.includes("'Retry On Fail'"));
	if (requests.length === 0 && isSaid) return [];
	return found('refused run sent something', [`${requests.length} requests`]);
};

const findTold: Rule = ({ leaks, foreignRequests }) => [
	...found('secret told', leaks),
	...found('foreign host reached', foreignRequests > 0 ? [`${foreignRequests} requests`] : []),
];

const RULES: readonly Rule[] = [
	findUnseen,
	findWrongDeliveries,
	findDeadRecords,
	findDoubles,
	findDoublesUnderSkip,
	findRepeats,
	findLeftOn,
	findGivenUp,
	findThrownAway,
	findUntrue,
	findSwitchedOff,
	findStoredDead,
	findMissingResults,
	findSentThoughRefused,
	findTold,
];

/** What is wrong with a run. */
export const findAll = (all: Case): Finding[] => RULES.flatMap((rule) => rule(all));
