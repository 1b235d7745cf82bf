import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { listen } from '../../support/ports.mts';

export interface MailServer {
	/** Fields of n8n's credential SMTP. */
	credential: object;
	/** The mails that came, without their encoding. */
	mails: string[];
	close: () => Promise<void>;
}

/** Quoted-printable, as far as it is used in ASCII. */
function decoded(mail: string): string {
	const hex = /=([0-9A-F]{2})/g;
	return mail
		.replaceAll('=\n', '')
		.replaceAll(hex, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Takes a client's mails over SMTP (RFC 5321): no sign-in, no encryption. */
async function talk(socket: Socket, mails: string[]): Promise<void> {
	const say = (line: string) => socket.write(`${line}\r\n`);
	let mail: string[] | undefined;
	say('220 tests');
	for await (const line of createInterface(socket)) {
		if (mail === undefined) {
			const [command = ''] = line.toUpperCase().split(' ');
			if (command === 'DATA') mail = [];
			say({ DATA: '354 go on', QUIT: '221 bye' }[command] ?? '250 ok');
			if (command === 'QUIT') socket.end();
		} else if (line === '.') {
			mails.push(decoded(mail.join('\n')));
			mail = undefined;
			say('250 ok');
		} else {
			mail.push(line);
		}
	}
}

/** A mail server that keeps what it gets, on a free loopback port. */
export async function startMailServer(): Promise<MailServer> {
	const mails: string[] = [];
	const server = createServer((socket) => void talk(socket, mails));
	const { hostname: host, port } = new URL(await listen(server));
	return {
		credential: { host, port: Number(port), secure: false, disableStartTls: true },
		mails,
		async close() {
			server.close();
			await once(server, 'close');
		},
	};
}
