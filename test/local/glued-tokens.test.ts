import { describe, expect, it } from "vitest";
import { anyOf } from "../../src/core/points/any-of.js";
import { everyToken } from "../../src/core/points/every-token.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { skipMarkup } from "../../src/core/points/skip-markup.js";
import { span } from "../../src/core/points/span.js";
import { above } from "../../src/core/policies/above.js";
import { always } from "../../src/core/policies/always.js";
import { atSteps } from "../../src/core/policies/at-steps.js";
import type { LocalEngine } from "../../src/local/local-engine.js";
import { LocalWriter } from "../../src/local/local-writer.js";
import type { Reading } from "../../src/local/token-reading.js";
import type { Opening, StepWriter } from "../../src/router/step-writer.js";
import { CONFIG, type Run, runOver } from "../router/run-thought.js";

const EOS = 10_000;
const OTHER = 10_001;
const equals = span({ after: "=", of: "number" });

/** What the engine was asked for: distributions read ahead, and read behind the token. */
interface Asked {
  ahead: number;
  again: number;
}

/**
 * An engine that knows one text by heart. A token is named by where it begins, and goes to the end of its piece;
 * a prompt is read character by character.
 */
function pieceEngine(pieces: readonly string[], asked: Asked): LocalEngine {
  const text = pieces.join("");
  const ends = pieces.map((_, index) => pieces.slice(0, index + 1).join("").length);
  const textOf = (token: number) => text.slice(token, ends.find((end) => end > token) ?? token);
  const reading = (at: number, top: number): Reading => {
    const token = at < text.length ? at : EOS;
    const likely = 0.95 - (at % 7) * 0.1;
    const chosen = { token, logprob: Math.log(likely) };
    if (top === 0) return { token, logprob: null, top: [] };
    return {
      token,
      logprob: chosen.logprob,
      top: [chosen, { token: OTHER, logprob: Math.log(1 - likely) }],
    };
  };
  const reader = () => {
    let at = 0;
    const ahead = (top: number): Reading => {
      if (top > 0) asked.ahead++;
      return reading(at, top);
    };
    return {
      cachedTokens: 0,
      readPrompt: async (tokens: readonly number[], top: number) => {
        at = tokens.length;
        return ahead(top);
      },
      readNext: async (token: number, top: number) => {
        at += textOf(token).length;
        return ahead(top);
      },
      readAgain: async (_token: number, top: number) => {
        asked.again++;
        return reading(at, top);
      },
      end: async () => undefined,
    };
  };
  return {
    contextSize: 1e6,
    encode: (prompt: string) => Array.from(prompt, (_, index) => index),
    decode: (tokens: readonly number[]) =>
      tokens.map((token) => (token === OTHER ? "~" : textOf(token))).join(""),
    endsGeneration: (token: number) => token === EOS,
    explain: (error: unknown) => error,
    lease: async () => ({ reader: reader(), release: () => undefined }),
  } as unknown as LocalEngine;
}

const SAMPLING = { temperature: 0, topK: 0, topP: 1, seed: 0 };

/** Reads every distribution, as a server does that sends them all. */
function everywhere(writer: StepWriter): StepWriter {
  return {
    kind: writer.kind,
    open: (prompt, signal) => writer.open(prompt, signal),
    write: (from, thought, { glimpseAt: _where, ...how }, signal) =>
      writer.write(from, thought, how, signal),
  };
}

async function bothWays(pieces: readonly string[], config: Partial<typeof CONFIG>) {
  const opening: Opening = {
    kind: "local",
    data: "",
    opensThought: true,
    promptTokens: 0,
    contextSize: null,
  };
  const asked = { ahead: 0, again: 0 };
  const writer = (noted: Asked) =>
    new LocalWriter(
      pieceEngine(pieces, noted),
      { chatTemplate: null, templateKwargs: {} },
      SAMPLING as never,
    ) as StepWriter;
  const run = (small: StepWriter) =>
    runOver(
      { writers: { small, large: small }, openings: { small: opening, large: opening } },
      { ...CONFIG, topLogprobs: 2, thinking: false, ...config },
    );
  const here = await run(writer(asked));
  const served = await run(everywhere(writer({ ahead: 0, again: 0 })));
  return { here, served, asked };
}

function decisions({ events }: Run) {
  return events.filter(({ type }) => type === "route-decided");
}

/** Of a record all but times, and what was asked for. */
function substance({ record: { steps, handoffs, requests } }: Run) {
  const timeless = <Timed extends { ms: number }>({ ms: _ms, ...rest }: Timed) => rest;
  return {
    handoffs,
    requests,
    steps: steps.map((step) => ({ ...timeless(step), parts: step.parts.map(timeless) })),
  };
}

const GLUED = [
  "So",
  " 6*7",
  "=42",
  ",",
  " 2+2",
  "=",
  "4",
  "\n\n",
  "a=1\n\nb",
  "=-2",
  ".",
  "<",
  "x=<",
  "9",
];

describe("a number in one token with what it follows, in this process", () => {
  it("counts as it does over HTTP, and costs one evaluation more", async () => {
    const config = { point: equals, policy: always("small") };
    const { here, served, asked } = await bothWays(GLUED, config);
    expect(decisions(here)).toEqual(decisions(served));
    expect(substance(here)).toEqual(substance(served));
    const tokens = decisions(here).map((event) => "token" in event && event.token);
    expect(tokens).toEqual([" 2+2", "\n\n", "a=1\n\n", "<"]);
    // "=42" and "=-2"; that in which a step begins is a glimpse, and read anyway.
    expect(asked.again).toBe(2);
    expect(asked.ahead).toBeLessThan(GLUED.length - 2);
  });

  const points: readonly [string, GlimpsePoint][] = [
    ["span", equals],
    ["skipMarkup", skipMarkup(equals)],
    ["anyOf", anyOf({ point: everyToken({ cooldown: 2, turn: 1 }), policy: above(0.6) }, equals)],
    ["everyToken, resting behind what may be a tag", everyToken({ cooldown: 2, turn: 1 })],
    ["everyToken, one token each", everyToken({ turn: 1 })],
  ];
  it.each(points)("hands over where it does over HTTP: %s", async (_name, point) => {
    for (const policy of [above(0.3), above(0.5), atSteps([2])]) {
      const { here, served } = await bothWays(GLUED, { point, policy });
      expect(here.thought).toBe(GLUED.join(""));
      expect(decisions(here)).toEqual(decisions(served));
      expect(substance(here)).toEqual(substance(served));
    }
  });
});
