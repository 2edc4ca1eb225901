import type {
  Opening,
  Role,
  StepWriter,
  WriteOptions,
  Written,
} from "../../src/router/step-writer.js";
import { listed } from "../router/tokens.js";

/** A token of a plan: its text comes with it, or with the last of several that are listed empty. */
export interface PlannedToken {
  readonly text: string;
  readonly entropy: number;
  /** Tokens that the text is listed as: more than 1 are bytes. */
  readonly bytes: number;
  /** Bytes: the last one is listed with the whole text, as vLLM does, or empty as well. */
  readonly named: boolean;
}

/** What both models would write of each step, its boundary included; the last step ends the thought. */
export interface Plan {
  /** Small's tokens; they need not end where a step does. */
  readonly small: readonly PlannedToken[];
  /** Where each step of small's text begins. */
  readonly starts: readonly number[];
  readonly large: readonly string[];
  /** Before its first step, small opens the thought once more: this much of its text. */
  readonly tag: string;
  /** Entropy of EOS, where small's text ends with it. */
  readonly eosEntropy: number;
}

/** How the text of a reply is cut into chunks: sizes in tokens, taken in turn; 0 is an empty chunk. */
export type Cuts = readonly number[];

const ANSWER = "The answer is 42.";

/**
 * Two language models that act on a plan. Like real ones they go on from any text that they are given, by
 * nothing but that text, and can be cut into chunks, stopped and limited in any way.
 */
export class PlannedPair {
  readonly openings: Readonly<Record<Role, Opening>>;
  open = 0;
  readonly #plan: Plan;
  readonly #server: {
    readonly cuts: Cuts;
    readonly keepStop: boolean;
    readonly eosEntropy: number;
  };

  constructor(plan: Plan, { cuts, keepStop }: { cuts: Cuts; keepStop: boolean }) {
    this.#plan = plan;
    this.#server = { cuts, keepStop, eosEntropy: plan.eosEntropy };
    const opening = { kind: "plan", data: null, opensThought: true } as const;
    const size = { promptTokens: 5, contextSize: null };
    this.openings = { small: { ...opening, ...size }, large: { ...opening, ...size } };
  }

  get writers(): Readonly<Record<Role, StepWriter>> {
    const writer = (role: Role): StepWriter => ({
      kind: "plan",
      open: async () => this.openings[role],
      write: (_from, thought, how, signal) => this.#write(role, thought, how, signal),
    });
    return { small: writer("small"), large: writer("large") };
  }

  async *#write(
    role: Role,
    thought: string,
    how: WriteOptions,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Written> {
    this.open++;
    try {
      for (const written of cutUp(this.#tokens(role, thought), how, this.#server)) {
        signal?.throwIfAborted();
        yield written;
      }
    } finally {
      this.open--;
    }
  }

  /** All that a model would write behind `thought`, if nobody stopped it. */
  #tokens(role: Role, thought: string): readonly PlannedToken[] {
    const [, answered] = thought.split("</think>\n\n");
    if (answered !== undefined) return behind(spell(ANSWER), answered.length);
    const { tag, large, small, starts } = this.#plan;
    const text = thought.startsWith(tag) ? thought.slice(tag.length) : thought;
    const ended = text.match(/\s*\S[\s\S]*?\n\n/g) ?? [];
    const rest = text.slice(ended.join("").length);
    const step = ended.length;
    if (role === "large") {
      const text = large.slice(step).join("");
      return behind(spell(text), writtenOf(text, rest));
    }
    const whole = small.map((token) => token.text).join("");
    const start = starts[step] ?? whole.length;
    // Before its first word it has the tag still to write, or part of it.
    if (step === 0 && whole.startsWith(thought)) return behind(small, thought.length);
    const own = step === 0 ? tag.length : start;
    if (whole.startsWith(rest, own)) return behind(small, own + rest.length);
    // Large was cut: its step is brought to an end, and the next one is small's own again.
    const cut = (large[step] ?? "").trimStart();
    const lead = rest.length - rest.trimStart().length;
    return [
      ...behind(spell(cut), rest.length - lead),
      ...behind(small, starts[step + 1] ?? Infinity),
    ];
  }
}

/** How much of its text large has written already: its stream was cut. Small may have written line breaks before it. */
function writtenOf(whole: string, rest: string): number {
  const written = rest.trimStart();
  const text = whole.trimStart();
  if (written === "" || !text.startsWith(written)) return 0;
  return whole.length - text.length + written.length;
}

/** What is left of the tokens behind some of their text; one that is cut in two keeps its entropy. */
function behind(tokens: readonly PlannedToken[], position: number): readonly PlannedToken[] {
  let end = 0;
  return tokens.flatMap((token) => {
    const begin = end;
    end += token.text.length;
    if (end <= position) return [];
    return [{ ...token, text: token.text.slice(Math.max(0, position - begin)) }];
  });
}

/** Large's tokens, and small's in a step of large's: of three characters, and of an entropy that never counts. */
function spell(text: string): readonly PlannedToken[] {
  const characters = text.match(/[\s\S]{1,3}/gu) ?? [];
  return characters.map((text) => ({ text, entropy: 2, bytes: 1, named: true }));
}

/** A reply as a server streams it: the tokens up to a limit, a stop string or EOS, in chunks. */
function* cutUp(
  planned: readonly PlannedToken[],
  how: WriteOptions,
  { cuts, keepStop, eosEntropy }: { cuts: Cuts; keepStop: boolean; eosEntropy: number },
): Generator<Written> {
  const { items, end } = limited([...planned.flatMap(itemsOf), eos(eosEntropy)], how, keepStop);
  let output_tokens = 0;
  const usage = () => ({ input_tokens: 5, output_tokens });
  for (let at = 0, chunk = 0; at < items.length; chunk++) {
    const size = cuts[chunk % cuts.length] ?? 1;
    const part = items.slice(at, at + size);
    at += size;
    output_tokens += part.length;
    const text = part.map((item) => item.text).join("");
    const tokens = how.topLogprobs === 0 ? [] : part.map((item) => listed(item.name, item.entropy));
    yield { type: "text", text, tokens, usage: usage() };
  }
  yield { type: "end", reason: end, usage: usage() };
}

interface Item {
  readonly name: string;
  readonly text: string;
  readonly entropy: number;
}

function limited(
  all: readonly Item[],
  { maxTokens, stop }: WriteOptions,
  keepStop: boolean,
): { readonly items: readonly Item[]; readonly end: "stop" | "eos" | "length" } {
  let text = "";
  for (const [index, item] of all.entries()) {
    if (index === maxTokens) return { items: all.slice(0, index), end: "length" };
    text += item.text;
    const at = stop?.[0] === undefined ? -1 : text.indexOf(stop[0]);
    if (at !== -1) return { items: stopped(all, text, at, keepStop), end: "stop" };
  }
  return { items: all, end: "eos" };
}

/** What a server holds back because it may be the stop string comes last, and at once. */
function stopped(all: readonly Item[], text: string, at: number, keepStop: boolean): Item[] {
  const items: Item[] = [];
  let written = 0;
  for (const item of all) {
    if (written + item.text.length > at) break;
    written += item.text.length;
    items.push(item);
  }
  const end = keepStop ? at + 2 : at;
  return [...items, { name: "", text: text.slice(written, end), entropy: 0 }];
}

function eos(entropy: number): Item {
  return { name: "</s>", text: "", entropy };
}

function itemsOf({ text, entropy, bytes, named }: PlannedToken): readonly Item[] {
  if (bytes === 1) return [{ name: text, text, entropy }];
  // Only the first byte's entropy is the glimpse's.
  const empty = Array.from({ length: bytes - 1 }, (_, index) => ({
    name: "",
    text: "",
    entropy: index === 0 ? entropy : 2,
  }));
  return [...empty, { name: named ? text : "", text, entropy: 0 }];
}
