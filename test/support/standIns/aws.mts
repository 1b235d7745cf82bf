import aws4 from 'aws4';
import type { FastifyRequest } from 'fastify';

import { parse, record, text } from '../read.mts';
import { startStandIn } from './server.mts';
import type { StandInServer } from './server.mts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret access key for tests only' };
export const REGION = 'eu-central-1';

export interface AwsStandIn extends StandInServer {
	/** Fields of n8n's credential AWS (IAM). */
	credential: typeof KEYS & { region: string };
	/** Versions of a secret by its name, the oldest first. */
	secrets: Map<string, { token: string; value: string }[]>;
	/** Values by the name of a parameter. */
	parameters: Map<string, string>;
}

/** What AWS refuses, with its type of error. */
class Refused extends Error {
	constructor(type: string) {
		super(type);
		this.name = type;
	}
}

/** The headers that the client has signed, by lower-case names. */
function signedHeaders({ headers }: FastifyRequest): Record<string, string> {
	const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
	return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

/**
 * Whether the request has the signature that aws4 makes for it: a signer that is independent of the
 * one in n8n (Signature Version 4). The service is the one that its operation belongs to.
 */
function isSigned(request: FastifyRequest, service: string): boolean {
	const headers = signedHeaders(request);
	const expected = aws4.sign(
		{
			...{ host: `${service}.${REGION}.amazonaws.com`, path: '/', method: 'POST' },
			...{ service, region: REGION, headers, body: text(request.body) },
		},
		KEYS,
	);
	const given = request.headers.authorization ?? '';
	return expected.headers?.Authorization === given && 'x-amz-target' in headers;
}

/**
 * A STAND-IN for AWS Secrets Manager and SSM Parameter Store, from their API references: creating,
 * writing and reading, with the signature of every request checked. It is reached as a proxy, so
 * that requests go to AWS's own host names.
 */
export async function startAws(): Promise<AwsStandIn> {
	const secrets: AwsStandIn['secrets'] = new Map();
	const parameters: AwsStandIn['parameters'] = new Map();

	function versionsOf(name: unknown) {
		const versions = secrets.get(text(name));
		if (versions === undefined) throw new Refused('ResourceNotFoundException');
		return versions;
	}
	type Call = (body: Record<string, unknown>) => object;
	const calls: Record<string, Call> = {
		'secretsmanager.CreateSecret': ({ Name, SecretString, ClientRequestToken }) => {
			if (secrets.has(text(Name))) throw new Refused('ResourceExistsException');
			const version = { token: text(ClientRequestToken), value: text(SecretString) };
			secrets.set(text(Name), [version]);
			return { Name, VersionId: version.token };
		},
		'secretsmanager.PutSecretValue': ({ SecretId, SecretString, ClientRequestToken }) => {
			const versions = versionsOf(SecretId);
			const version = { token: text(ClientRequestToken), value: text(SecretString) };
			const same = versions.find(({ token }) => token === version.token);
			if (same === undefined) versions.push(version);
			else if (same.value !== version.value) throw new Refused('ResourceExistsException');
			return { Name: SecretId, VersionId: version.token };
		},
		'secretsmanager.GetSecretValue': ({ SecretId }) => {
			const [newest] = versionsOf(SecretId).slice(-1);
			return { Name: SecretId, SecretString: newest?.value, VersionId: newest?.token };
		},
		'AmazonSSM.PutParameter': ({ Name, Value, Type, Overwrite }) => {
			if (Type !== 'SecureString') throw new Refused('ValidationException');
			if (parameters.has(text(Name)) && Overwrite !== true) {
				throw new Refused('ParameterAlreadyExists');
			}
			parameters.set(text(Name), text(Value));
			return { Version: 1, Tier: 'Standard' };
		},
		'AmazonSSM.GetParameter': ({ Name, WithDecryption }) => {
			const Value = parameters.get(text(Name));
			if (Value === undefined) throw new Refused('ParameterNotFound');
			return { Parameter: { Name, Value: WithDecryption === true ? Value : 'encrypted' } };
		},
	};

	const server = await startStandIn((app) => {
		app.removeAllContentTypeParsers();
		const asText = { parseAs: 'string' } as const;
		app.addContentTypeParser('application/x-amz-json-1.1', asText, (_, body, done) => {
			done(null, body);
		});
		app.post('/', async (request, reply) => {
			void reply.header('content-type', 'application/x-amz-json-1.1');
			const target = String(request.headers['x-amz-target']);
			const service = target.startsWith('AmazonSSM.') ? 'ssm' : 'secretsmanager';
			const refuse = async (type: string) => await reply.code(400).send({ __type: type });
			if (!isSigned(request, service)) return await refuse('InvalidSignatureException');
			try {
				const call = calls[target];
				if (call === undefined) throw new Refused('UnknownOperationException');
				return JSON.stringify(call(record(parse(text(request.body)))));
			} catch (error) {
				if (error instanceof Refused) return await refuse(error.name);
				throw error;
			}
		});
	});
	return {
		...server,
		credential: { ...KEYS, region: REGION },
		secrets,
		parameters,
		reset() {
			server.reset();
			secrets.clear();
			parameters.clear();
		},
	};
}
