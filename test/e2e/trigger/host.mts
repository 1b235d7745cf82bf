import { openLab, type Lab } from '../lab.mts';
import { Client, OWNER } from '../n8n/client.mts';
import { startN8n } from '../n8n/start.mts';
import { installN8n } from '../toolchain/n8n.mts';
import type { Release } from '../toolchain/releases.mts';

/** An n8n that can be ended and started again. */
export interface Host {
	/** Its `n8n` and `client` are those that run now. */
	lab: Lab;
	stop: () => Promise<void>;
	/** Starts it again with all that it had stored. */
	restart: () => Promise<void>;
	/** All that any of its processes printed. */
	log: () => string;
	close: () => Promise<void>;
}

export async function openHost(release: Release, env: NodeJS.ProcessEnv): Promise<Host> {
	const installed = await installN8n(release);
	const lab = await openLab(installed, env);
	const started = [lab.n8n];
	return {
		lab,
		async stop() {
			await lab.n8n.stop();
		},
		async restart() {
			lab.n8n = await startN8n(installed, { userFolder: lab.userFolder, env });
			started.push(lab.n8n);
			lab.client = new Client(lab.n8n.url);
			const { email, password } = OWNER;
			await lab.client.rest('POST', '/login', { emailOrLdapLoginId: email, password });
		},
		log: () => started.map((n8n) => n8n.process.log()).join(''),
		async close() {
			await lab.n8n.stop();
			await lab.close();
		},
	};
}
