import type { Route } from "../../core/route-policy.js";
import type { ShownDecision, ShownStep } from "../../page/shown-thought.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { ThoughtPart } from "../reply/reply-piece.js";
import type { Chunk } from "./read-events.js";

/** A decision as the stream has it. */
interface ToldDecision extends Omit<ShownDecision, "candidates"> {
  readonly step: number;
  readonly candidates: readonly { readonly token: string; readonly probability: number }[];
}

type Delta = NonNullable<Chunk["choices"]>[number]["delta"];

/** A step that is being written. */
interface WrittenStep {
  text: string;
  end: string;
  readonly parts: { readonly route: Route; readonly from: number }[];
  /** Hand-overs in order, and what small kept with the highest value. */
  readonly handed: ShownDecision[];
  kept: ShownDecision | null;
  verified: ShownStep["verified"];
}

/** A reply as far as it is written: chunks go in, what is to be shown comes out. */
export class WrittenReply {
  readonly #steps = new Map<number, WrittenStep>();
  #answer = "";
  #record: RoutingRecord | null = null;
  #isTagged = false;

  /** @throws Error with the server's words, where the stream ends with one */
  read({ choices, glimprouter, error }: Chunk): void {
    if (error !== undefined) throw new Error(error.message);
    const { decision, part } = (glimprouter ?? {}) as {
      readonly decision?: ToldDecision;
      readonly part?: ThoughtPart;
    };
    if (decision !== undefined) this.#decide(decision);
    else if (part === undefined && glimprouter !== undefined) this.#end(glimprouter);
    const delta = choices?.[0]?.delta ?? {};
    if (part === undefined)
      this.#answer += this.#isTagged ? untagged(delta.content) : (delta.content ?? "");
    else this.#think(part, delta);
  }

  /** `null` until the reply is whole. */
  get record(): RoutingRecord | null {
    return this.#record;
  }

  get answer(): string {
    return this.#answer;
  }

  /** A step of which nothing is written yet is shown where large is to write it. */
  get steps(): readonly ShownStep[] {
    return [...this.#steps.values()]
      .map(shown)
      .filter(({ text, route }) => text.trim() !== "" || route === "large");
  }

  #stepAt(number: number): WrittenStep {
    const known = this.#steps.get(number);
    if (known !== undefined) return known;
    const step = { text: "", end: "", parts: [], handed: [], kept: null, verified: null };
    this.#steps.set(number, step);
    return step;
  }

  #decide({ step: number, candidates, ...decision }: ToldDecision): void {
    const step = this.#stepAt(number);
    const told = {
      ...decision,
      candidates: candidates.map(({ token, probability }) => [token, probability] as const),
    };
    if (told.route === "large") step.handed.push(told);
    else if ((told.value ?? 0) >= (step.kept?.value ?? 0)) step.kept = told;
  }

  #think({ step: number, route }: ThoughtPart, delta: Delta): void {
    const step = this.#stepAt(number);
    const told = this.#thoughtOf(delta);
    // What stands between two steps comes with the second one, and is none of its text.
    const text = step.text === "" ? told.replace(/^\n+/, "") : told;
    if (step.parts.at(-1)?.route !== route) step.parts.push({ route, from: step.text.length });
    step.text += text;
  }

  /** Wherever the server shows thoughts: in a field of its own, or in the text between tags. */
  #thoughtOf({ reasoning_content, reasoning, content = "" }: Delta): string {
    const told = reasoning_content ?? reasoning;
    if (told !== undefined) return told;
    const opening = this.#isTagged ? "" : "<think>\n";
    this.#isTagged = true;
    return content.slice(opening.length);
  }

  #end(record: object): void {
    this.#record = record as RoutingRecord;
    for (const { step, end, verified } of this.#record.steps) {
      const written = this.#stepAt(step);
      written.end = end;
      written.verified = verified ?? null;
    }
    // What was looked at behind the last step, and closed the thought, is none.
    for (const number of this.#steps.keys()) {
      if (number > this.#record.steps.length) this.#steps.delete(number);
    }
  }
}

function shown({ text, end, parts, handed, kept, verified }: WrittenStep): ShownStep {
  const isLarge = handed.length > 0 || parts.some(({ route }) => route === "large");
  const highest = Math.max(...handed.map(({ value }) => value ?? Number.POSITIVE_INFINITY));
  const isHighest = kept !== null && (handed.length === 0 || (kept.value ?? 0) > highest);
  return {
    route: isLarge ? "large" : "small",
    end,
    text,
    parts,
    decisions: isHighest ? [...handed, kept] : handed,
    verified,
  };
}

const CLOSING = "\n</think>\n\n";

/** Behind the closing tag stands the answer. */
function untagged(content = ""): string {
  return content.startsWith(CLOSING) ? content.slice(CLOSING.length) : content;
}
