export interface Release {
	/** Of n8n. */
	version: string;
	/** Major version of Node.js that it runs on. */
	node: number;
	/** Versions without which it does not install. */
	overrides: Record<string, string>;
	/**
	 * Whether a credential test that fails by its status shows the credential's own text. 2.8.4 loses
	 * it, with the cause of the error, and shows a text of its own.
	 */
	showsTestAdvice: boolean;
	/** Settings that only this version knows. */
	env?: NodeJS.ProcessEnv;
}

/**
 * The newest n8n that installs. 2.41.3 does not: it asks for @n8n/agents 0.26.2, which npm does
 * not have. linkedom 0.18.15 asks for a package that npm does not have either.
 */
export const newest: Release = {
	version: '2.41.1',
	node: 24,
	overrides: { linkedom: '0.18.14' },
	showsTestAdvice: true,
	// Would ask n8n's makers for a list of servers.
	env: { N8N_DISABLED_MODULES: 'mcp-registry' },
};

/**
 * The oldest that we say we support: the last seen to run on Node 20. It takes xlsx from its
 * maker's own site, which not everyone reaches.
 */
export const oldest: Release = {
	version: '2.8.4',
	node: 20,
	overrides: { xlsx: '0.18.5' },
	showsTestAdvice: false,
};
