import { scrub } from '../../dist/nodes/DigiCert/issuance/scrub.js';

test('of several keys, each is taken out where it stands, whatever their lengths', () => {
	const long = 'k9x2m4q7w1z8r5t3y6u0p2a4';
	const json = { said: `sh0rt, then ${long}, then sh0rt` };
	expect(scrub(json, [long, 'sh0rt'])).toEqual({
		said: '[API key], then [API key], then [API key]',
	});
});
