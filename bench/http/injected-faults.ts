import type { ServerResponse } from "node:http";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Faults that the bench server lets happen. */
export interface FaultOptions {
  /** Of all requests, 0 to 1. */
  readonly share: number;
  readonly seed: number;
}

/** In place of a reply. */
const OPENINGS = ["reset", "503", "429"] as const;
/** Of a stream. `silent`: it never begins. */
const IN_STREAMS = ["silent", "cut", "no-finish", "error", "stall"] as const;

type Opening = (typeof OPENINGS)[number];
export type InStream = (typeof IN_STREAMS)[number];

/** The most tokens in front of one that strikes in a stream. */
const MOST_TOKENS = 12;

/** What happens to a request: one of them in so many. Of a rendering, what can: nobody limits how long it takes. */
export class InjectedFaults {
  readonly #share: number;
  readonly #random: ReturnType<typeof xoroshiro128plus>;

  constructor({ share, seed }: FaultOptions) {
    this.#share = share;
    this.#random = xoroshiro128plus(seed);
  }

  next(
    isStream: boolean,
  ): { readonly kind: Opening } | { readonly kind: InStream; readonly after: number } | null {
    if (uniformFloat64(this.#random) >= this.#share) return null;
    const kinds = isStream ? [...OPENINGS, ...IN_STREAMS] : OPENINGS;
    const kind = kinds[uniformInt(this.#random, 0, kinds.length - 1)] ?? "reset";
    return { kind, after: uniformInt(this.#random, 0, MOST_TOKENS) } as ReturnType<this["next"]>;
  }
}

/** @returns false where the fault strikes later, in the stream */
export function strikeAtOnce(response: ServerResponse, kind: Opening | InStream): boolean {
  if (kind === "reset") response.socket?.destroy();
  else if (kind === "503" || kind === "429") {
    response.writeHead(Number(kind), { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: "Try again later.", code: Number(kind) } }));
  } else return kind === "silent";
  return true;
}

const ERROR = { error: { message: "The engine died.", type: "InternalServerError", code: 500 } };

/** In place of the end of a stream. */
export function strikeStream(response: ServerResponse, kind: InStream): void {
  if (kind === "cut") response.socket?.destroy();
  else if (kind === "no-finish") response.end("data: [DONE]\n\n");
  else if (kind === "error") response.end(`data: ${JSON.stringify(ERROR)}\n\ndata: [DONE]\n\n`);
}
