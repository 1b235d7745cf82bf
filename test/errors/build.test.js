'use strict';

const { NodeOperationError } = require('n8n-workflow');

const { toNodeError } = require('../../dist/nodes/DigiCert/errors/build');

const NODE = /** @type {any} */ ({ name: 'DigiCert', type: 'digiCert' });

test('a node error is passed on as it is', () => {
	const error = new NodeOperationError(NODE, 'As it is');
	expect(toNodeError(NODE, 3, error)).toBe(error);
});

test.each([[new Error('Odd')], ['Odd']])(
	'%p becomes a node error that names the item',
	(thrown) => {
		const error = toNodeError(NODE, 3, thrown);
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error.message).toBe('Odd [item 3]');
		expect(error.context.itemIndex).toBe(3);
	},
);

test('what concerns the whole run names no item', () => {
	expect(toNodeError(NODE, undefined, new Error('Odd')).message).toBe('Odd');
});
