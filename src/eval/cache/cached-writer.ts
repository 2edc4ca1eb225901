import { GlimpseWatch } from "../../router/glimpse-watch.js";
import type {
  CandidatesWanted,
  StepWriter,
  WriteOptions,
  Written,
} from "../../router/step-writer.js";
import { cacheKey, type GreedyCache } from "./greedy-cache.js";
import { plainItem } from "./plain-item.js";

/** One reply's dealings with the cache. */
export interface CacheSession {
  readonly cache: GreedyCache;
  readonly problem: string;
  /**
   * Keys whose entries were too short for this reply, or without candidates that it wanted. The reply is written again,
   * these from their beginning: a continuation from the middle would be read in other tokens, and might differ.
   */
  readonly stale: Set<string>;
}

/** What is cached does not hold what a reply wants: the reply is to be written again. */
export class StaleEntry extends Error {
  override readonly name = "StaleEntry";

  constructor() {
    super("The run's cache does not hold as much of this text as is wanted.");
  }
}

/**
 * A writer whose greedy continuations are kept, and served from what was kept. Everything else goes to the writer itself.
 *
 * @param model - who writes, and how it is known
 * @param isGreedy - so it is configured; a request may ask for it, too
 */
export function cachedWriter<Prompt, Part>(
  writer: StepWriter<Prompt, Part>,
  { model, isGreedy }: { readonly model: string; readonly isGreedy: boolean },
  session: CacheSession,
): StepWriter<Prompt, Part> {
  const write: StepWriter["write"] = (from, thought, how, signal) => {
    if (!isGreedy && how.temperature !== 0) return writer.write(from, thought, how, signal);
    const key = cacheKey(model, from, thought, how);
    const entry = session.stale.has(key) ? undefined : session.cache.get(session.problem, key);
    if (entry === undefined) {
      return kept(writer.write(from, thought, how, signal), session, key);
    }
    return served({ thought, how, session, key, ...entry }, signal);
  };
  return new Proxy(writer, {
    get: (target, name) => {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Reads a live stream, and keeps as much of it as its reader read. */
async function* kept(
  live: AsyncIterable<Written>,
  { cache, problem }: CacheSession,
  key: string,
): AsyncGenerator<Written, void, CandidatesWanted> {
  const stream = live[Symbol.asyncIterator]() as AsyncIterator<Written, void, CandidatesWanted>;
  const items: Written[] = [];
  let failed = false;
  try {
    for (let wanted: CandidatesWanted; ; ) {
      const next = await stream.next(wanted);
      if (next.done) return;
      items.push(plainItem(next.value));
      wanted = yield next.value;
    }
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    await stream.return?.();
    if (!failed && items.length > 0) {
      await cache.keep(problem, key, { items, done: items.at(-1)?.type === "end" });
    }
  }
}

interface Served {
  readonly thought: string;
  readonly how: WriteOptions;
  readonly session: CacheSession;
  readonly key: string;
  readonly items: readonly Written[];
  readonly done: boolean;
}

async function* served(
  { thought, how, session, key, items, done }: Served,
  signal: AbortSignal | undefined,
): AsyncGenerator<Written, void, CandidatesWanted> {
  const needs = new CandidatesNeeded(thought, how);
  for (const item of items) {
    signal?.throwIfAborted();
    if (needs.misses(item)) throw stale(session, key);
    needs.wanted = yield item;
  }
  if (!done) throw stale(session, key);
}

function stale({ stale: keys }: CacheSession, key: string): StaleEntry {
  keys.add(key);
  return new StaleEntry();
}

/** Which tokens' candidates a reader wants, as a writer hears it that pays for them. */
class CandidatesNeeded {
  wanted: CandidatesWanted;
  readonly #watch: GlimpseWatch | null;

  constructor(thought: string, { glimpseAt }: WriteOptions) {
    this.#watch = glimpseAt === undefined ? null : new GlimpseWatch(thought, glimpseAt);
    this.wanted = glimpseAt?.firstWanted;
  }

  /** Does an item lack candidates that are wanted? Without steps of its own a request has them everywhere, or nowhere. */
  misses(item: Written): boolean {
    const watch = this.#watch;
    if (item.type === "end" || watch === null) return false;
    const isDue = watch.due || this.wanted === true;
    const isGlimpse = watch.push(item.text);
    const isWanted = typeof this.wanted === "function" && this.wanted(item.text);
    if (!isDue && !isGlimpse && !isWanted) return false;
    return item.tokens.some(({ top }) => top.length === 0);
  }
}
