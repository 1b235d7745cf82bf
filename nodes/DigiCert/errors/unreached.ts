import type { Unreached } from '../http/exchange';
import type { Explanation } from './explanation';

type Words = Pick<Explanation, 'message' | 'advice' | 'failure'>;

const WORDS: Record<Unreached['cause'], Words> = {
	refused: {
		message: 'The connection to DigiCert was refused',
		advice: 'Check the base URL of the credential and the proxy settings of n8n, then try again.',
		failure: { cause: 'temporarily-unavailable' },
	},
	address: {
		message: "DigiCert's address could not be looked up",
		advice: 'Check the base URL of the credential and the name service (DNS) of the n8n machine.',
	},
	network: {
		message: 'No connection to DigiCert could be made',
		advice: 'Check the network, firewall and proxy settings of the n8n machine, then try again.',
	},
	certificate: {
		message: 'No secure connection to DigiCert could be made',
		advice:
			'The other side is not who the address says, or speaks no TLS. Check the base URL of the credential. If a proxy of your own inspects TLS, give n8n its certificate with NODE_EXTRA_CA_CERTS.',
	},
	n8n: {
		message: 'n8n did not let the request through',
		advice:
			'Check the allowed domains of the credential and the settings of this n8n (such as SSRF protection).',
	},
};

/** Explains a request that never left for DigiCert. Nothing can have been created by it. */
export function explainUnreached({ cause, detail }: Unreached): Explanation {
	const source = cause === 'n8n' ? 'n8n says' : 'The system says';
	return { ...WORDS[cause], found: `${source}: ${detail}.` };
}
