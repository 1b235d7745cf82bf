import { groupFiles } from '../support/group.mts';

groupFiles(import.meta.dirname);
