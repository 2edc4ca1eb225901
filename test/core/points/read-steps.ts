import { entropy } from "../../../src/core/entropy.js";
import type { Json } from "../../../src/core/json.js";
import type { Ask, GlimpsePoint, SeenToken } from "../../../src/core/points/glimpse-point.js";
import type { TokenDistribution } from "../../../src/core/token-distribution.js";

export const K = 20;

/** Text of a token and how much small doubts it, 0 to 1: the probability left for k - 1 other candidates. */
export type Written = string | readonly [text: string, doubt: number];

export interface Put extends Ask {
  /** Number of the token at which it was put; the step's length: at its end. */
  readonly token: number;
}

export interface ReadStep {
  readonly asks: readonly Put[];
  /** Where the text was held back from behind each token, as the reader sees it; the text's length: not at all. */
  readonly out: readonly number[];
}

export function distributionOf(doubt: number): TokenDistribution {
  const rest = Array.from({ length: K - 1 }, (_, i) => ({
    token: `t${i}`,
    probability: doubt / (K - 1),
  }));
  return [{ token: "top", probability: 1 - doubt }, ...rest];
}

export function entropyOf(doubt: number): number {
  return entropy(distributionOf(doubt));
}

/** The tokens of a step. `lead`: blanks before the first. */
export function tokensOf(
  written: readonly Written[],
  { lead = 0, sinceLarge = null }: { lead?: number; sinceLarge?: number | null } = {},
): SeenToken[] {
  let at = lead;
  return written.map((each, index) => {
    const [text, doubt] = typeof each === "string" ? ([each, 0] as const) : each;
    const distribution = distributionOf(doubt);
    const token = {
      text,
      at,
      distribution,
      probabilities: distribution.map(({ probability }) => probability),
      entropy: entropy(distribution),
      logprob: Math.log(1 - doubt),
      sinceLarge: sinceLarge === null ? null : sinceLarge + index,
    };
    at += text.length;
    return token;
  });
}

/**
 * Reads steps one after another as a router does in which small always wins, and checks what holds of every point:
 * states are plain JSON and never changed, nothing is cut off that was handed out, a value is in range, an occasion
 * asks no more after its final ask and only with a higher value before it.
 */
export function readSteps(
  point: GlimpsePoint,
  steps: readonly (readonly SeenToken[])[],
  { narrow = true } = {},
): ReadStep[] {
  let state: Json | null = null;
  return steps.map((tokens) => {
    state = throughJson(point.start(state));
    const read: { asks: Put[]; out: number[] } = { asks: [], out: [] };
    // Blanks before the first word are out where they are not held back.
    let out = Math.min(tokens[0]?.at ?? 0, heldFrom(point, state, []) ?? Number.POSITIVE_INFINITY);
    tokens.forEach((token, index) => {
      const before: Json = state;
      const isWanted = !narrow || point.wants(before) || point.wantsToo?.(before, token.text);
      const seen: SeenToken = isWanted
        ? token
        : { ...token, distribution: [], probabilities: [], entropy: Number.NaN, logprob: null };
      const { state: after, ask } = point.read(before, seen);
      state = throughJson(after);
      for (const each of listed(ask)) checkedPut(point, read.asks, each, { index, out });
      const end = token.at + token.text.length;
      out = Math.max(out, Math.min(end, heldFrom(point, state, read.asks) ?? end));
      read.out.push(out);
    });
    for (const each of listed(point.end(state))) {
      checkedPut(point, read.asks, each, { index: tokens.length, out });
    }
    return read;
  });
}

export function readStep(point: GlimpsePoint, tokens: readonly SeenToken[]): ReadStep {
  return readSteps(point, [tokens])[0] ?? { asks: [], out: [] };
}

/** Without the number of the token: what does not depend on how a text is cut into tokens. */
export function finals({ asks }: ReadStep): readonly Pick<Ask, "occasion" | "value" | "cut">[] {
  return asks
    .filter(({ final }) => final)
    .map(({ occasion, value, cut }) => ({ occasion, value, cut }));
}

function heldFrom(point: GlimpsePoint, state: Json, asks: readonly Ask[]): number | null {
  if (point.holdsFrom !== undefined) return point.holdsFrom(state);
  return asks.some(({ final }) => final) ? null : 0;
}

function checkedPut(
  point: GlimpsePoint,
  asks: Put[],
  ask: Ask,
  { index, out }: { index: number; out: number },
): void {
  const told = `${point.name}: ${JSON.stringify(ask)}`;
  const [least, most] = point.range(K);
  const inRange =
    ask.point !== undefined || (ask.value >= least - 1e-9 && ask.value <= most + 1e-9);
  if (!inRange) throw new Error(`Out of range ${least} to ${most}: ${told}`);
  if (ask.cut < out) throw new Error(`Cuts off what was handed out up to ${out}: ${told}`);
  if (!point.cutsInside && ask.cut !== 0) throw new Error(`Cuts inside: ${told}`);
  const before = asks.filter(({ occasion }) => occasion === ask.occasion).at(-1);
  if (before?.final) throw new Error(`Asks after its final ask: ${told}`);
  const isRaised = before === undefined || ask.value > before.value;
  if (!isRaised && !ask.final) throw new Error(`Asks without need: ${told}`);
  asks.push({ ...ask, token: index });
}

function listed(ask: Ask | readonly Ask[] | null | undefined): readonly Ask[] {
  if (ask === null || ask === undefined) return [];
  return "cut" in ask ? [ask] : ask;
}

function throughJson(state: Json): Json {
  const text = JSON.stringify(state);
  const copy = frozen(JSON.parse(text) as Json);
  if (JSON.stringify(copy) !== text || text.includes("null,null,null,null")) {
    throw new Error(`No plain JSON: ${text}`);
  }
  return copy;
}

function frozen<T extends Json>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
