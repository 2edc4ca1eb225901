import { createHash } from "node:crypto";
import type { Opening, WriteOptions, Written } from "../../router/step-writer.js";
import { AppendLog } from "../files/append-log.js";
import { readLines } from "../files/read-lines.js";
import { type CacheLine, fromStored, toStored } from "./cache-line.js";

/** What a model wrote greedily behind a text, as far as it was read. */
export interface CacheEntry {
  readonly items: readonly Written[];
  /** The stream came to its end. */
  readonly done: boolean;
}

/**
 * Greedy continuations of one run: arms that come to the same text share what a model writes behind it. In memory are
 * those of the problems under way alone.
 */
export class GreedyCache {
  readonly #log: AppendLog | null;
  readonly #problems: Map<string, Map<string, CacheEntry>>;

  private constructor(log: AppendLog | null, problems: Map<string, Map<string, CacheEntry>>) {
    this.#log = log;
    this.#problems = problems;
  }

  /**
   * @param file - `cache.jsonl`; `null`: nothing is kept on disk
   * @param isUnderWay - problems that a run before this one left unfinished
   */
  static async open(
    file: string | null,
    isUnderWay: (problem: string) => boolean,
  ): Promise<GreedyCache> {
    if (file === null) return new GreedyCache(null, new Map());
    // Lost lines are written again: waiting for the disk at each would take longer than it saves.
    const log = await AppendLog.open(file, { isDurable: false });
    const cache = new GreedyCache(log, new Map());
    for await (const { text } of readLines(file)) {
      const line = fromStored(text);
      if (line !== null && isUnderWay(line.problem)) cache.#put(line);
    }
    return cache;
  }

  get(problem: string, key: string): CacheEntry | undefined {
    return this.#problems.get(problem)?.get(key);
  }

  /** Keeps what was read, unless more of it is kept already. */
  async keep(problem: string, key: string, entry: CacheEntry): Promise<void> {
    const before = this.get(problem, key);
    if (before?.done === true && !entry.done) return;
    const line = { problem, key, ...entry };
    this.#put(line);
    await this.#log?.append(toStored(line));
  }

  /** A problem is done: nobody will come to its texts again. */
  forget(problem: string): void {
    this.#problems.delete(problem);
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  #put({ problem, key, items, done }: CacheLine): void {
    const entries = this.#problems.get(problem) ?? new Map<string, CacheEntry>();
    this.#problems.set(problem, entries.set(key, { items, done }));
  }
}

/**
 * Of the model, the prompt, the thought and the parameters. Which tokens' candidates are wanted is no part of it: an
 * entry serves a reader that finds in it what it wants.
 *
 * @param model - who writes, and how it is known
 */
export function cacheKey(
  model: string,
  { kind, data }: Opening,
  thought: string,
  { glimpseAt, ...how }: WriteOptions,
): string {
  const { firstWanted: _first, ...watched } = glimpseAt ?? {};
  const asked = JSON.stringify([model, kind, data, thought, how, glimpseAt && watched]);
  return createHash("sha256").update(asked).digest("base64url");
}
