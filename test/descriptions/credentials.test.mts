import { createEngine } from '../support/engine.mts';

let engine: any;
beforeAll(async () => {
	engine = await createEngine();
});

const CREDENTIALS = [
	['digiCertCertCentralApi', 'DigiCert CertCentral API', ['apiKey', 'region', 'baseUrl']],
	['digiCertPartnerApi', 'DigiCert Partner Subscriptions API', ['apiKey', 'baseUrl']],
];

describe.each(CREDENTIALS)('%s', (name, displayName, fields) => {
	const type = () => engine.loader.credentialTypes[String(name)].type;

	test('has the names that the contract gives it', () => {
		expect(type()).toMatchObject({ name, displayName });
		const names = type().properties.map((field: any) => field.name);
		// n8n adds its own fields for allowed domains to credentials that authenticate.
		expect(names.slice(0, fields.length)).toEqual(fields);
	});

	test('keeps its key hidden', () => {
		const [apiKey] = type().properties;
		expect(apiKey.typeOptions).toEqual({ password: true });
		expect(apiKey.required).toBe(true);
	});

	test('can be tested and leads to its documentation', () => {
		expect(type().test.request).toMatchObject({ disableFollowRedirect: true });
		expect(type().documentationUrl).toMatch(/^https:\/\/dev\.digicert\.com\//);
	});
});

test('the regions and base URLs are those of the contract', () => {
	const { digiCertCertCentralApi, digiCertPartnerApi } = engine.loader.credentialTypes;
	const [, region, baseUrl] = digiCertCertCentralApi.type.properties;
	expect(region.options.map(({ value }: any) => value)).toEqual(['custom', 'eu', 'us']);
	expect(region.default).toBe('us');
	expect(baseUrl.displayOptions).toEqual({ show: { region: ['custom'] } });
	expect(digiCertPartnerApi.type.properties[1].default).toBe(
		'https://www.digicert.com/partner-subscription/api/v1',
	);
});
