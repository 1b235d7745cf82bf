'use strict';

const { mkdirSync } = require('node:fs');
const { connect } = require('node:net');

const { start } = require('../processes');
const { freePort, LOOPBACK } = require('../ports');
const { debianProgram } = require('../toolchain/debian');
const { until } = require('../wait');

/** Whether somebody listens on a loopback port. @param {number} port @returns {Promise<true | undefined>} */
async function listens(port) {
	return await new Promise((resolve) => {
		const socket = connect(port, LOOPBACK);
		socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
		socket.once('close', () => resolve(undefined)).setTimeout(1000, () => socket.destroy());
		socket.once('connect', () => socket.end());
	});
}

/**
 * A Redis with a data folder of its own, which writes every change to disk at once, as one that
 * holds a queue should.
 *
 * @param {string} folder for its data; made
 */
async function startRedis(folder) {
	const { command, env } = await debianProgram(
		'redis',
		['redis-server'],
		['/usr/bin/redis-server'],
		/bin\/redis-server$/,
	);
	const port = await freePort();
	mkdirSync(folder, { recursive: true });
	const launch = async () => {
		const redis = start(
			command,
			[
				...['--port', String(port), '--bind', LOOPBACK, '--dir', folder],
				...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
			],
			{ env },
		);
		await until('Redis', async () => await listens(port), 15_000);
		return redis;
	};
	let redis = await launch();
	return {
		port,
		stop: async () => await redis.stop(),
		/** Ends it, and starts it again with the same data. */
		async restart() {
			await redis.stop();
			redis = await launch();
		},
	};
}

module.exports = { listens, startRedis };
