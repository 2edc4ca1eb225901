/** What the matrix holds: which Node, with which versions of the peers, and what is run there. */

/** Of what package.json allows. What package-lock.json says is run by `npm test`. */
export type Peers = "lowest" | "newest";

export interface Cell {
  /** "node22-newest" */
  readonly name: string;
  /** Major version of Node. */
  readonly node: number;
  readonly peers: Peers;
  /** The whole suite in a copy of the checkout; or the packed package in a new project of pnpm's. */
  readonly runs: "suite" | "pnpm";
}

/** The oldest that the package runs on, the ones with long support, the newest that there is. */
const NODES = [20, 22, 24, 26] as const;

export const CELLS: readonly Cell[] = [
  ...NODES.flatMap((node) =>
    (["lowest", "newest"] as const).map(
      (peers): Cell => ({ name: `node${node}-${peers}`, node, peers, runs: "suite" }),
    ),
  ),
  ...([NODES[0], NODES[3]] as const).map(
    (node): Cell => ({ name: `node${node}-pnpm`, node, peers: "newest", runs: "pnpm" }),
  ),
];

/**
 * @param only - names, or beginnings of names, such as "node22"
 * @throws Error where nothing is called so
 */
export function cellsNamed(only: readonly string[]): readonly Cell[] {
  if (only.length === 0) return CELLS;
  for (const name of only) {
    if (!CELLS.some((cell) => cell.name.startsWith(name))) {
      throw new Error(
        `No cell is called ${JSON.stringify(name)}; there are ${CELLS.map(({ name }) => name).join(", ")}.`,
      );
    }
  }
  return CELLS.filter((cell) => only.some((name) => cell.name.startsWith(name)));
}
