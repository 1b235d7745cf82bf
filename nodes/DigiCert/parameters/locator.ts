import type { INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';

import { idValidation } from './id';

interface Locator {
	readonly displayName: string;
	readonly name: string;
	readonly description: string;
	/** The picker, by its name in `methods/listSearch.ts`. */
	readonly searchListMethod: string;
	readonly placeholder: string;
	/** What can be typed by ID; digits unless told otherwise. */
	readonly validation?: INodePropertyModeValidation[];
}

/** A field that picks one record: from a list that can be searched, or by its ID. */
export function locatorField({
	displayName,
	name,
	description,
	searchListMethod,
	placeholder,
	validation = idValidation(),
}: Locator): INodeProperties {
	return {
		displayName,
		name,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose…',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder, validation },
		],
	};
}
