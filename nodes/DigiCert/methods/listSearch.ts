import { searchSubaccountKeys, searchUserKeys } from './searchKeys';
import { searchSubaccounts } from './searchSubaccounts';
import { searchUsers } from './searchUsers';

/** The pickers, by the names that the fields give. */
export const listSearch = {
	searchSubaccountKeys,
	searchSubaccounts,
	searchUserKeys,
	searchUsers,
};
