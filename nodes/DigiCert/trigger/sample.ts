import { EVENT_NAMES } from './events';
import type { EventName, ListedKey, TriggerEvent, TriggerSettings } from './events';
import { firstSight } from './knownKey';
import { passes } from './look';
import { refusal } from '../errors/failure';

const isOn = ({ live }: ListedKey) => live;
/** A key that such an event may have happened to, where there is one. DigiCert makes only live ones. */
const FITS: Partial<Record<EventName, (key: ListedKey) => boolean>> = {
	created: isOn,
	switchedOff: ({ live }) => !live,
	switchedOn: isOn,
	neverUsed: ({ live, lastUsedAt }) => live && lastUsedAt === undefined,
	unused: ({ live, lastUsedAt }) => live && lastUsedAt !== undefined,
	old: isOn,
};

function newestOf(keys: readonly ListedKey[]): ListedKey | undefined {
	const timeOf = ({ createdAt }: ListedKey) => createdAt?.getTime() ?? 0;
	return [...keys].sort((a, b) => timeOf(b) - timeOf(a) || b.id - a.id)[0];
}

/**
 * What a user sees who tries the trigger by hand: for each chosen event an item of the newest key
 * that fits, as if the event had just happened to it. The state plays no part.
 *
 * @throws DigiCertFailure when no key passes the filters
 */
export function sampleOf(keys: readonly ListedKey[], settings: TriggerSettings): TriggerEvent[] {
	const wanted = keys.filter((key) => passes(settings, firstSight(key)));
	return EVENT_NAMES.filter((event) => settings.events.has(event)).map((event) => {
		const fits = FITS[event];
		const key = (fits && newestOf(wanted.filter(fits))) ?? newestOf(wanted);
		if (key === undefined) {
			throw refusal(
				'There is no API key to show as a sample',
				"None that DigiCert lists passes the 'Filters'. Change them, or create an API key, and try again. Once the workflow is published, it also reports keys that come later.",
			);
		}
		return {
			event,
			key: key.record,
			...(event === 'changed' ? { before: { name: `${key.name ?? ''} (former name)` } } : {}),
			detected_at: new Date().toISOString(),
			event_id: `sample.${key.id}.${event}`,
		};
	});
}
