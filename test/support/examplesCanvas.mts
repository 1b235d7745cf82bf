/** How n8n's editor draws a workflow (2.41.1), as far as a test has to know: boxes and wires. */
import type { INode } from 'n8n-workflow';

import type { WorkflowJson } from './engine.mts';
import { at, present } from './read.mts';

/** Width and height of a node. */
const SIZE = 96;
/** Its name is below, in two lines at most. */
const LABEL = 40;

type Point = readonly [x: number, y: number];

export interface Wire {
	from: INode;
	to: INode;
	/** Number of the output, from 0. */
	output: number;
}

export function isNote({ type }: INode): boolean {
	return type.endsWith('.stickyNote');
}

export function hasErrorOutput({ onError }: INode): boolean {
	return onError === 'continueErrorOutput';
}

/** The wires of a workflow. @throws {Error} when one leads to a node that is not there */
export function wiresOf({ nodes, connections }: WorkflowJson): Wire[] {
	const named = (name: string) =>
		present(
			nodes.find((node) => node.name === name),
			`The node ${name}`,
		);
	return Object.entries(connections).flatMap(([from, { main = [] }]) =>
		main.flatMap((targets, output) =>
			(targets ?? []).map(({ node }) => ({ from: named(from), to: named(node), output })),
		),
	);
}

function coordinates({ position }: INode): Point {
	return [at(position, 0), at(position, 1)];
}

/** Points of the curve from an output, on the right side of a node, to an input, on the left. */
function curveOf({ from, to, output }: Wire): Point[] {
	const outputs = hasErrorOutput(from) || from.type.endsWith('.if') ? 2 : 1;
	const [left, top] = coordinates(from);
	const [x1, y1] = [left + SIZE, top + (SIZE * (output + 1)) / (outputs + 1)];
	const [x2, y2] = [coordinates(to)[0], coordinates(to)[1] + SIZE / 2];
	return Array.from({ length: 101 }, (_, step) => {
		const t = step / 100;
		const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
		const middle = (x1 + x2) / 2;
		return [a * x1 + (b + c) * middle + d * x2, (a + b) * y1 + (c + d) * y2];
	});
}

/** Wires that a reader cannot follow: they run behind a node, or back to the left. */
export function hiddenWires(workflow: WorkflowJson): string[] {
	const nodes = workflow.nodes.filter((node) => !isNote(node));
	return wiresOf(workflow).flatMap((wire) => {
		const others = nodes.filter((node) => node !== wire.from && node !== wire.to);
		const curve = curveOf(wire);
		const behind = others.filter((node) => {
			const [x, y] = coordinates(node);
			return curve.some(([a, b]) => a > x && a < x + SIZE && b > y && b < y + SIZE + LABEL);
		});
		const isBack = coordinates(wire.to)[0] < coordinates(wire.from)[0] + SIZE;
		const name = `${wire.from.name} > ${wire.to.name}`;
		return [...behind.map((node) => `${name} behind ${node.name}`), ...(isBack ? [name] : [])];
	});
}

/** The nodes at which the ways from a wire end. */
export function endsOf(workflow: WorkflowJson, wire: Wire): INode[] {
	const next = wiresOf(workflow).filter(({ from }) => from === wire.to);
	return next.length === 0 ? [wire.to] : next.flatMap((each) => endsOf(workflow, each));
}
