import { ownGetter } from "../../core/own-getter.js";
import { RouteError } from "../../core/route-error.js";
import type { TokenLogprob, TokenLogprobs } from "../../core/token-distribution.js";
import { candidatesIn, unreadCandidates } from "../connection/unread-candidates.js";
import { candidateLogprob, readTopMap, type TopMap } from "./read-top-map.js";
import { scanList, scanMap } from "./scan-logprobs.js";

/** Log-probabilities of a text completion: parallel lists, the candidates as maps keyed by token text. */
export interface LegacyLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs?: readonly (number | null)[] | null;
  readonly top_logprobs?: readonly (TopMap | null)[] | null;
}

interface ListedCandidate {
  readonly token: string;
  readonly logprob: number | null;
}

/** Log-probabilities of a chat completion: one entry for each token. llama.cpp has them everywhere. */
export interface ListLogprobs {
  readonly content: readonly (ListedCandidate & {
    readonly top_logprobs?: readonly ListedCandidate[] | null;
  })[];
}

const NONE: readonly never[] = [];

/**
 * Reads the log-probabilities of one chunk, in whichever of the two shapes the server has.
 *
 * Candidates are read when somebody looks: a glimpse needs those of one token in a step, and twenty for
 * each token would be most of the work of a stream. What is wrong with them shows then, too. Their log-probabilities
 * alone, which is all that an entropy needs, are found without reading the rest.
 *
 * @param k - how many candidates were asked for
 * @param event - what the log-probabilities came in, where its candidates may still be unread
 */
export function readLogprobs(
  logprobs: unknown,
  k: number,
  event: unknown = null,
): readonly TokenLogprobs[] {
  if (typeof logprobs !== "object" || logprobs === null) return NONE;
  const shape = logprobs as Partial<LegacyLogprobs & ListLogprobs>;
  if (Array.isArray(shape.content)) return readList(shape as ListLogprobs, event);
  if (Array.isArray(shape.tokens)) return readMaps(shape as LegacyLogprobs, k, event);
  return NONE;
}

function readList({ content }: ListLogprobs, event: unknown): readonly TokenLogprobs[] {
  return content.map(
    ({ token, logprob, top_logprobs }) =>
      new ListedLate(token, numberOrNull(logprob), event, top_logprobs),
  );
}

function readMaps(legacy: LegacyLogprobs, k: number, event: unknown): readonly TokenLogprobs[] {
  return legacy.tokens.map((token, index) => {
    const logprob = numberOrNull(legacy.token_logprobs?.[index]);
    return new MappedLate(token, logprob, { legacy, index, k, event });
  });
}

function scanned(
  event: unknown,
  place: unknown,
  scan: (json: string) => readonly number[] | null,
): readonly number[] | undefined {
  const json = unreadCandidates(event, place);
  return json === null ? undefined : (scan(json) ?? undefined);
}

function listed<Candidates>(event: unknown, place: Candidates): Candidates {
  try {
    return candidatesIn(event, place);
  } catch {
    // Without its cause, which quotes the server.
    throw new RouteError(
      "bad_logprobs",
      "The candidates of the glimpse are no JSON: the server may have written NaN or Infinity for a log-probability. Look at its log.",
    );
  }
}

/**
 * A plain object to all who look at it, whose candidates are read once, and late. One is made for every token: what
 * is needed to read them is kept in fields, since a closure would cost as much as the object.
 */
abstract class LateToken implements TokenLogprobs {
  readonly token: string;
  readonly logprob: number | null;
  declare readonly top: readonly TokenLogprob[];
  #top: readonly TokenLogprob[] | null = null;
  #logprobs: readonly number[] | undefined | null = null;

  constructor(token: string, logprob: number | null) {
    this.token = token;
    this.logprob = logprob;
    Object.defineProperty(this, "top", LateToken.#candidates);
  }

  get topLogprobs(): readonly number[] | undefined {
    if (this.#logprobs === null) this.#logprobs = this.readLogprobs();
    return this.#logprobs;
  }

  protected abstract readTop(): readonly TokenLogprob[];
  protected abstract readLogprobs(): readonly number[] | undefined;

  static readonly #candidates = ownGetter(function (this: LateToken) {
    this.#top ??= this.readTop();
    return this.#top;
  });
}

class ListedLate extends LateToken {
  readonly #event: unknown;
  readonly #candidates: readonly ListedCandidate[] | null | undefined;

  constructor(
    token: string,
    logprob: number | null,
    event: unknown,
    candidates: readonly ListedCandidate[] | null | undefined,
  ) {
    super(token, logprob);
    this.#event = event;
    this.#candidates = candidates;
  }

  protected readTop(): readonly TokenLogprob[] {
    return (listed(this.#event, this.#candidates) ?? NONE).map(candidate);
  }

  protected readLogprobs(): readonly number[] | undefined {
    return scanned(this.#event, this.#candidates, scanList);
  }
}

/** Where the candidates of a token are among those of its chunk. */
interface MapPlace {
  readonly legacy: LegacyLogprobs;
  readonly index: number;
  readonly k: number;
  readonly event: unknown;
}

class MappedLate extends LateToken {
  readonly #place: MapPlace;

  constructor(token: string, logprob: number | null, place: MapPlace) {
    super(token, logprob);
    this.#place = place;
  }

  protected readTop(): readonly TokenLogprob[] {
    const { legacy, index, k, event } = this.#place;
    const map = listed(event, legacy.top_logprobs)?.[index] ?? null;
    return map === null ? NONE : readTopMap(map, this, k);
  }

  protected readLogprobs(): readonly number[] | undefined {
    const { legacy, k, event } = this.#place;
    if (legacy.tokens.length !== 1) return undefined;
    return scanned(event, legacy.top_logprobs, (json) => scanMap(json, this, k));
  }
}

function candidate({ token, logprob }: ListedCandidate): TokenLogprob {
  return { token, logprob: candidateLogprob(logprob) };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
