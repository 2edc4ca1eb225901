import { isDeepStrictEqual } from "node:util";
import type {
  Opening,
  Role,
  StepWriter,
  WriteOptions,
  Written,
} from "../../src/router/step-writer.js";

/** The stream goes on for ever without a word, until it is aborted. */
export const SILENCE = "silence";
/** The connection is gone: the stream is over without saying why. */
export const CUT = "cut";

export type ScriptItem = Written | Error | typeof SILENCE | typeof CUT;

/** One request that the loop must make, and what is answered. */
export interface ScriptedRequest {
  readonly role: Role;
  /** The thought that must be given, character by character. */
  readonly thought: string;
  readonly how: Omit<WriteOptions, "maxTokens">;
  /** Checked where it is given. */
  readonly maxTokens?: number;
  /**
   * All of it must be read. Where the last item is no end, the loop must abort the stream after it,
   * and reading on fails.
   */
  readonly items: readonly ScriptItem[];
}

type Fate = "open" | "ended" | "aborted" | "cut" | "failed";

interface Stream {
  readonly request: ScriptedRequest;
  fate: Fate;
  read: number;
}

/**
 * Both models, scripted: requests are answered in the order of the script, and whatever is not in it fails,
 * a request that was not made and an item that was not read included (`check`).
 */
export class Script {
  readonly streams: Stream[] = [];
  readonly #requests: readonly ScriptedRequest[];
  readonly #violations: string[] = [];
  readonly openings: Readonly<Record<Role, Opening>>;

  constructor(
    requests: readonly ScriptedRequest[],
    openings: Partial<Record<Role, Partial<Opening>>> = {},
  ) {
    this.#requests = requests;
    this.openings = { small: opening("small", openings), large: opening("large", openings) };
  }

  get writers(): Readonly<Record<Role, StepWriter>> {
    return { small: this.#writer("small"), large: this.#writer("large") };
  }

  count(fate: Fate): number {
    return this.streams.filter((stream) => stream.fate === fate).length;
  }

  /** Fails unless the script was followed to its last item and every stream had the fate that it calls for. */
  check(): void {
    for (const [index, request] of this.#requests.entries()) {
      const stream = this.streams[index];
      const name = `request ${index + 1} (${request.role} on ${JSON.stringify(request.thought)})`;
      if (stream === undefined) {
        this.#violations.push(`${name} was not made`);
        continue;
      }
      const { read, fate } = stream;
      const wanted = fateOf(request.items);
      if (read !== request.items.length) {
        this.#violations.push(`${name}: ${read} of ${request.items.length} items were read`);
      }
      if (fate !== wanted) this.#violations.push(`${name} is ${fate} instead of ${wanted}`);
    }
    if (this.#violations.length > 0) throw new Error(this.#violations.join("\n"));
  }

  #writer(role: Role): StepWriter {
    return {
      kind: "scripted",
      open: async () => this.openings[role],
      write: (from, thought, how, signal) => {
        const request = this.#expected(role, from, thought, how);
        if (signal === undefined) throw this.#violation("a request came without a signal");
        const stream: Stream = { request, fate: "open", read: 0 };
        this.streams.push(stream);
        return { [Symbol.asyncIterator]: () => this.#iterate(stream, signal) };
      },
    };
  }

  #expected(role: Role, from: Opening, thought: string, how: WriteOptions): ScriptedRequest {
    const request = this.#requests[this.streams.length];
    const { maxTokens, ...rest } = how;
    const came = { role, thought, how: rest };
    const name = `request ${this.streams.length + 1}`;
    if (request === undefined) throw this.#violation(`${name} was not expected: ${show(came)}`);
    const wanted = { role: request.role, thought: request.thought, how: request.how };
    if (!isDeepStrictEqual(came, wanted)) {
      throw this.#violation(`${name} is\n${show(came)}\ninstead of\n${show(wanted)}`);
    }
    if (request.maxTokens !== undefined && request.maxTokens !== maxTokens) {
      throw this.#violation(`${name} has maxTokens ${maxTokens} instead of ${request.maxTokens}`);
    }
    if (from !== this.openings[role]) throw this.#violation(`${name} goes on from another opening`);
    return request;
  }

  #iterate(stream: Stream, signal: AbortSignal): AsyncIterator<Written> {
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => {
        if (stream.fate === "open") stream.fate = "aborted";
        reject(new DOMException("This operation was aborted", "AbortError"));
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    });
    aborted.catch(() => undefined);
    const next = async (): Promise<IteratorResult<Written>> => {
      if (stream.fate !== "open") return stream.fate === "aborted" ? aborted : over;
      const item = stream.request.items[stream.read++];
      if (item === undefined) throw this.#violation("a stream was read on that had to be aborted");
      if (item === SILENCE) return aborted;
      stream.fate = fateAfter(item);
      if (item instanceof Error) throw item;
      return item === CUT ? over : { done: false, value: item };
    };
    return { next, return: async () => over };
  }

  #violation(message: string): Error {
    this.#violations.push(message);
    return new Error(message);
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

function opening(role: Role, given: Partial<Record<Role, Partial<Opening>>>): Opening {
  return {
    kind: "scripted",
    data: `${role}'s prompt`,
    opensThought: true,
    promptTokens: 10,
    contextSize: null,
    ...given[role],
  };
}

/** What a stream is when its last item was read: one that still runs has to be aborted. */
function fateOf(items: readonly ScriptItem[]): Fate {
  const fate = fateAfter(items.at(-1) ?? SILENCE);
  return fate === "open" ? "aborted" : fate;
}

function fateAfter(item: ScriptItem): Fate {
  if (item === CUT) return "cut";
  if (item instanceof Error) return "failed";
  return item !== SILENCE && item.type === "end" ? "ended" : "open";
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
