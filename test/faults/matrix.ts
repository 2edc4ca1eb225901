import type { Cell } from "./cell.js";
import { deviations } from "./check-cell.js";
import { type Elsewhere, startElsewhere } from "./elsewhere.js";
import type { Fault } from "./fault.js";
import { watchTimers } from "./pending-timers.js";
import { KEY, runCell, type Seen } from "./run-cell.js";

/** Cells at once: most of them wait, and a time limit is none where the process has no time itself. */
const AT_ONCE = 48;

/** Runs cells of the matrix. */
export class Matrix {
  readonly #elsewhere: Elsewhere;
  readonly #unwatch: () => void;
  readonly #wholes = new Map<string, Promise<Seen>>();
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;

  private constructor(elsewhere: Elsewhere) {
    this.#elsewhere = elsewhere;
    this.#unwatch = watchTimers();
  }

  static async start(): Promise<Matrix> {
    return new Matrix(await startElsewhere());
  }

  /** @returns where cells came to something else than is declared */
  async run(fault: Fault, cells: readonly Cell[]): Promise<readonly string[]> {
    const found = await Promise.all(cells.map((cell) => this.#check(fault, cell)));
    return found.flat();
  }

  /** Did a key follow a redirect? */
  get keyWasHeard(): boolean {
    return this.#elsewhere.heard.some((headers) => headers.includes(KEY));
  }

  /** Requests that followed one. */
  get followed(): number {
    return this.#elsewhere.heard.length;
  }

  stop(): void {
    this.#unwatch();
    this.#elsewhere.close();
  }

  async #check(fault: Fault, cell: Cell): Promise<readonly string[]> {
    await this.#turn();
    try {
      const whole = await this.#whole(cell);
      return deviations(fault, cell, await runCell(cell, this.#elsewhere, fault), whole);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #turn(): Promise<void> | undefined {
    if (this.#free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#free--;
    return undefined;
  }

  /** The same without a fault; once for all cells that are asked alike. */
  #whole(cell: Cell): Promise<Seen> {
    const { role, moment, glimpse, call, answer } = cell;
    const key = `${glimpse} ${call} ${moment === "answer" ? role : "large"} ${answer}`;
    const known = this.#wholes.get(key) ?? runCell(cell, this.#elsewhere);
    this.#wholes.set(key, known);
    return known;
  }
}
