import Sequencer from '@jest/test-sequencer';

/**
 * Starts with the groups, which take longest. Jest itself goes by the time of the last run, and
 * where there was none by the size of the file: a group's has three lines.
 */
export default class GroupsFirst extends Sequencer {
	sort(tests) {
		const isGroup = ({ path: file }) => file.endsWith('.group.mts');
		const sorted = super.sort(tests);
		return [...sorted.filter(isGroup), ...sorted.filter((test) => !isGroup(test))];
	}
}
