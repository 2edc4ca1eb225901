import type { AIMessageChunk } from "@langchain/core/messages";
import { beforeAll, describe, expect, it } from "vitest";
import { random, type StepRecord } from "../../src/index.js";
import { ALL_POINTS } from "../core/points/all-points.js";
import { TAPE, useEmbeddedPair } from "../langchain/embedded-router.js";
import { recordOf } from "../langchain/record-of.js";
import { tapePoints } from "./tape-points.js";

const TAPES = [TAPE, "Take 89, remainder by 7, plus 1, less 3. What is the result?"];
const POINTS = tapePoints().map((each) => [each.point.name, each] as const);

const { pair, router } = useEmbeddedPair();

/** Small's own replies, tags and all. */
const alone: string[] = [];
beforeAll(async () => {
  for (const tape of TAPES) alone.push((await pair().small.invoke(tape)).text);
});

it("every kind of point is tried on a tape", () => {
  // Of a step's statistics each is a kind.
  const kinds = (points: readonly { readonly name: string }[]) =>
    new Set(points.map(({ name }) => /^step\w+(:[a-zA-Z]+)?|^\w+/.exec(name)?.[0]));
  expect(kinds(tapePoints().map(({ point }) => point))).toEqual(kinds(ALL_POINTS));
});

describe("rule 21 on the embedded pair: small in both roles gives its own text", () => {
  it.each(POINTS)("%s", async (_name, { point, policy }) => {
    const { small } = pair();
    let handOffs = 0;
    for (const [index, decide] of [policy, random(0.4, 1)].entries()) {
      const one = router({ large: small, glimpseAt: point, policy: decide });
      const reply = await one.invoke(TAPES[index] ?? "");
      const thought = reply.additional_kwargs.reasoning_content;
      expect(`<think>\n${thought}\n</think>\n\n${reply.text}`).toBe(alone[index]);
      handOffs += recordOf(reply).handoffs;
    }
    expect(handOffs).toBeGreaterThan(0);
  });
});

describe("the embedded pair, routed: nothing is taken back, and the record says who wrote what", () => {
  it.each(POINTS)("%s", async (_name, { point, policy }) => {
    const routes = new Set<string>();
    for (const tape of TAPES) {
      const chunks: AIMessageChunk[] = [];
      const stream = await router({ glimpseAt: point, policy }).stream(tape);
      for await (const chunk of stream) chunks.push(chunk);
      const last = chunks.at(-1);
      const { steps, requests } = recordOf(last as AIMessageChunk);
      const parts = steps.flatMap((step) => partsOf(step, textOf(chunks, step)));
      expect(written(chunks).map(trimmed)).toEqual(parts.map(trimmed));
      const turns = requests.large - 1;
      expect(requests.small + requests.large).toBeLessThanOrEqual(2 * turns + 2);
      const handOffs = steps.flatMap(({ decisions }) => decisions).filter(isByLarge);
      expect(handOffs).toHaveLength(turns);
      for (const part of steps.flatMap(({ parts }) => parts)) routes.add(part.route);
    }
    expect(routes).toEqual(new Set(["small", "large"]));
  });
});

function isByLarge({ route }: { readonly route: string }): boolean {
  return route === "large";
}

type Part = readonly [step: string, route: string, text: string];

/** What of the thought was handed out, in order, as chunks say whose it is. */
function written(chunks: readonly AIMessageChunk[]): readonly Part[] {
  const parts: Part[] = [];
  for (const { response_metadata, additional_kwargs } of chunks) {
    const { id, name } = (response_metadata.glimprouter_part ?? {}) as Record<string, string>;
    const text = String(additional_kwargs.reasoning_content ?? "");
    // A boundary is handed out with the step behind it, as all blanks: a thought never ends in them.
    const own = parts.at(-1)?.[0] === id ? text : text.replace(/^\n+/, "");
    if (own !== "") parts.push([`${id}`, `${name}`, own]);
  }
  return merged(parts);
}

/** Blanks behind a part come with the next one, whoever wrote them. */
function trimmed([step, route, text]: Part): Part {
  return [step, route, text.trim()];
}

function textOf(chunks: readonly AIMessageChunk[], { step }: StepRecord): string {
  return written(chunks)
    .filter(([id]) => id === `${step}`)
    .map(([, , text]) => text)
    .join("");
}

/** A step's parts, with their texts. */
function partsOf({ step, route, tokens, parts }: StepRecord, text: string): readonly Part[] {
  expect(parts[0]?.from).toBe(0);
  expect(parts.reduce((sum, part) => sum + part.tokens, 0)).toBe(tokens);
  expect(route).toBe(parts.some(isByLarge) ? "large" : "small");
  return merged(
    parts.map(
      (part, index) =>
        [`${step}`, part.route, text.slice(part.from, parts[index + 1]?.from)] as const,
    ),
  );
}

/** Neighbours of one writer in one step are one. */
function merged(parts: readonly Part[]): readonly Part[] {
  const all: Part[] = [];
  for (const [step, route, text] of parts) {
    const last = all.at(-1);
    if (last?.[0] === step && last[1] === route)
      all[all.length - 1] = [step, route, last[2] + text];
    else if (text !== "") all.push([step, route, text]);
  }
  return all;
}
