import type { ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { type Arrival, isHeld, usualBurst, whetherHeld } from "../../src/doctor/arrival.js";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { DoctorReport } from "../../src/doctor/report.js";
import type { FakeVllmOptions } from "../servers/fake-vllm/fake-vllm-options.js";
import { type GatewayWays, startGateway } from "../servers/http/start-gateway.js";
import type { ScriptedThought } from "../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { checkOf, failedChecks } from "./doctor-setup.js";

/** A thought of some 60 tokens: enough to tell. */
const LONG: ScriptedThought = {
  steps: Array.from({ length: 6 }, (_, index) => ({
    text: `Step ${index} looks at the next one of all the numbers.`,
    entropy: 0.3,
  })),
  answer: "It is done.",
};
const SLOW = { script: LONG, tokenDelayMs: 8 };

/** A report where small is behind a gateway and large is not. */
async function behind(
  ways: GatewayWays,
  fields: ChatOpenAIFields = {},
  options: Partial<FakeVllmOptions> = SLOW,
): Promise<DoctorReport> {
  const [small, large] = [await fakeVllm(options), await fakeVllm({ modelName: "large" })];
  const gateway = await startGateway(small, ways);
  return diagnose({
    small: chatOpenAI(gateway, fields),
    large: chatOpenAI(large, { model: "large" }),
  });
}

function evenly(count: number, everyMs: number, firstMs: number): Arrival {
  const pieces = Array.from({ length: count }, (_, index) => ({
    atMs: firstMs + index * everyMs,
    tokens: 1,
  }));
  return { tokens: count, firstMs, lastMs: pieces.at(-1)?.atMs ?? firstMs, pieces };
}

describe("S13: a gateway that holds streams back", () => {
  it("nginx with gzip_types *: named by its header, with what it costs and what helps", async () => {
    const report = await behind({ gzips: true, headers: { server: "nginx/1.22.1" } });
    expect(report.canRoute).toBe(true);
    const { status, seen, remedy } = checkOf(report, "small", "arrival");
    expect(status).toBe("warning");
    expect(seen).toMatch(
      /^\d\d of \d\d tokens came at once, after \d+ ms of silence: the stream is compressed on its way \(Content-Encoding: gzip by nginx\/1\.22\.1\)\. Aborts save nothing: each hand-off waits for a text that is thrown away, and pays it, up to the whole of `maxThoughtTokens`$/,
    );
    expect(remedy).toContain("gzip off");
    expect(remedy).toContain('defaultHeaders: { "accept-encoding": "identity" }');
    expect(remedy).toContain('glimpse: "probe"');
    expect(checkOf(report, "small", "abort")).toMatchObject({
      status: "skipped",
      seen: "a text that comes at once is over before it can be aborted",
    });
    expect(checkOf(report, "large", "arrival").status).toBe("ok");
  });

  it("the same nginx, asked for it uncompressed as the remedy says: chunks come as they are written", async () => {
    const asked = { configuration: { defaultHeaders: { "accept-encoding": "identity" } } };
    const report = await behind({ gzips: true }, asked);
    expect(checkOf(report, "small", "arrival")).toMatchObject({
      status: "ok",
      seen: expect.stringMatching(/^as they are written: \d+ tokens, the first after \d+ ms/),
    });
    expect(checkOf(report, "small", "abort").status).toBe("ok");
  });

  it("LiteLLM, which passes a stream on at its end: no compression to blame, but its name", async () => {
    const headers = { "x-litellm-version": "1.108.7" };
    const report = await behind({ holdsBack: true, headers });
    const { status, seen, remedy } = checkOf(report, "small", "arrival");
    expect(status).toBe("warning");
    expect(seen).toContain(
      "something on the way holds the stream back (the reply comes through LiteLLM 1.108.7)",
    );
    expect(remedy).toContain("LiteLLM: its pass-through endpoints");
    const speed = report.pair.find(({ id }) => id === "speed");
    // The tokens were written one by one, whenever they came: some 100 a second, not thousands.
    expect(speed?.seen).toMatch(/^small \d{1,3} tokens a second/);
  });

  it("a gateway that collects twenty chunks: how many come at a time", async () => {
    const report = await behind({ eventsAtOnce: 20 });
    const { status, seen } = checkOf(report, "small", "arrival");
    expect(status).toBe("warning");
    expect(seen).toMatch(
      /^\d\d of \d\d tokens came at once, after \d{3,} ms of silence: something on/,
    );
  });

  it("large behind one: no step is seen before it is over", async () => {
    const [small, large] = [await fakeVllm(SLOW), await fakeVllm({ ...SLOW, modelName: "large" })];
    const gateway = await startGateway(large, { gzipsAll: true });
    const report = await diagnose({
      small: chatOpenAI(small),
      large: chatOpenAI(gateway, { model: "large" }),
    });
    const { seen, remedy } = checkOf(report, "large", "arrival");
    expect(seen).toContain("Aborts save nothing, and no step is seen before it is over");
    expect(remedy).not.toContain("probe");
    expect(failedChecks(report)).toEqual([]);
  });
});

describe("S5: a gateway that loses the log-probabilities of a stream", () => {
  it("S5: is named by what it says of itself, with the two ways past it", async () => {
    const headers = { via: "1.1 api-gateway" };
    const report = await behind({ dropsStreamedLogprobs: true, headers });
    expect(failedChecks(report)).toEqual([]);
    const { status, seen, remedy } = checkOf(report, "small", "log-probs");
    expect(status).toBe("warning");
    expect(seen).toBe(
      "none in a stream (the reply comes through 1.1 api-gateway); a whole reply of one token has them",
    );
    expect(remedy).toContain('`glimpse: "probe"`');
    expect(remedy).toContain("the server's own address");
    expect(report.options?.glimpse).toBe("probe");
    expect(checkOf(report, "large", "log-probs").status).toBe("ok");
  });

  it("S5: LiteLLM, which says its version", async () => {
    const headers = { "x-litellm-version": "1.108.7" };
    const report = await behind({ dropsStreamedLogprobs: true, headers });
    expect(checkOf(report, "small", "log-probs").seen).toContain("through LiteLLM 1.108.7");
  });
});

describe("a text that came at once", () => {
  it("is looked at again: one stutter of a busy machine is no gateway", async () => {
    const texts = [evenly(100, 0.1, 2050), evenly(40, 10, 60)];
    const seen = await whetherHeld(async () => texts.shift() ?? null, 50);
    expect(seen?.burst.tokens).toBe(1);
    expect(texts).toEqual([]);
  });

  it("three times: it is held back, and not looked at for ever", async () => {
    let looks = 0;
    const seen = await whetherHeld(async () => {
      looks++;
      return evenly(100, 0.1, 2050);
    }, 50);
    expect(seen?.burst.tokens).toBe(100);
    expect(looks).toBe(3);
  });
});

describe("how a text came", () => {
  it("token by token behind a long queue: not held back", () => {
    expect(usualBurst(evenly(40, 10, 3000), 50)).toMatchObject({ tokens: 1 });
  });

  it("very fast, and at once: not held back", () => {
    expect(isHeld(usualBurst(evenly(128, 0.5, 50), 50))).toBe(false);
  });

  it("token by token with one hiccup of the network: not held back", () => {
    const before = evenly(30, 10, 100).pieces;
    const stuck = Array.from({ length: 20 }, () => ({ atMs: 700, tokens: 1 }));
    const text = { tokens: 50, firstMs: 100, lastMs: 700, pieces: [...before, ...stuck] };
    expect(isHeld(usualBurst(text, 100))).toBe(false);
  });

  it("whole at its end, read with interruptions: one burst all the same", () => {
    const text = evenly(100, 1, 2050);
    const pieces = text.pieces.map((piece, at) => ({
      ...piece,
      atMs: piece.atMs + (at > 49 ? 9 : 0),
    }));
    const interrupted = { ...text, pieces, lastMs: text.lastMs + 9 };
    expect(usualBurst(interrupted, 50)).toEqual({ tokens: 100, afterMs: 2000 });
  });

  it("whole at its end: held back for as long as it took", () => {
    const text = evenly(100, 0.1, 2050);
    expect(usualBurst(text, 50)).toEqual({ tokens: 100, afterMs: 2000 });
  });
});
