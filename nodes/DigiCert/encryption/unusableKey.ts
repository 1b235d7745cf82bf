/** What a recipient's key has to be, for the end of each refusal. */
const WANTED =
	"Give one public key, as PEM ('-----BEGIN PUBLIC KEY-----') or as a JWK: RSA of 2048 bits or more, P-256, P-384, P-521 or X25519.";

/**
 * Why something cannot be taken as a recipient's public key. Nothing of what was given may be in
 * its texts, nor in a `cause`: it could be a private key that was pasted by mistake.
 */
export class UnusableKey extends Error {
	/** What to do next. */
	readonly advice: string;

	/**
	 * @param fault what was found, as the rest of a sentence that begins with the parameter's label
	 * @param advice what helps against this fault, before what is wanted in general
	 */
	constructor(
		readonly fault: string,
		...advice: string[]
	) {
		super(fault);
		this.advice = [...advice, WANTED].join(' ');
	}
}

/** For a private key, in whatever form. */
export function privateKeyGiven(): UnusableKey {
	return new UnusableKey(
		'holds a private key',
		'A private key has to stay with its owner. n8n may have stored this one, so replace it by a new one and give only the public half.',
	);
}
