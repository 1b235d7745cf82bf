/**
 * The folder and the key of n8n. They have to be set before n8n-core is loaded, because it writes
 * and checks a settings file at once (n8n.md 6): import this module first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const userFolder = mkdtempSync(path.join(tmpdir(), 'digicert-engine-'));
process.env.N8N_USER_FOLDER = userFolder;
process.env.N8N_ENCRYPTION_KEY = 'a key for tests only';
process.once('exit', () => {
	rmSync(userFolder, { recursive: true, force: true });
});
