/** Where the package is, for what must not load n8n-core with it. */
import path from 'node:path';

export const PACKAGE_ROOT = path.join(import.meta.dirname, '..', '..');
