import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { RouteEvent } from "../../src/router/route-event.js";
import { routeThought } from "../../src/router/route-thought.js";
import { ThoughtError } from "../../src/router/thought-error.js";
import { CONFIG, failure, run, tickingClock } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { CUT, Script, type ScriptedRequest, SILENCE } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, token } from "./tokens.js";

function start(script: Script, signal?: AbortSignal) {
  const { writers, openings } = script;
  return routeThought({ config: CONFIG, writers, openings, signal, now: tickingClock() });
}

/** One of everything: a run by small, a step by large, small again, an answer. */
const WHOLE: readonly ScriptedRequest[] = [
  fused("", [token("One"), token(".\n\n"), token("Two", HIGH)]),
  step("large", "One.\n\n", [bare("Two"), bare("."), end("stop")]),
  fused("One.\n\nTwo.\n\n", [token("Three."), ...CLOSE]),
  closed("One.\n\nTwo.\n\nThree."),
];

/** Reads until `stop` says so, which may abort. Returns what the loop threw. */
async function readUntil(
  loop: AsyncGenerator<RouteEvent, unknown>,
  stop: (event: RouteEvent, count: number) => boolean,
): Promise<unknown> {
  let count = 0;
  try {
    for await (const event of loop) if (stop(event, ++count)) return null;
  } catch (error) {
    return error;
  }
  return null;
}

describe("rule 18: streams are aborted by a controller of their own", () => {
  it("a stream is aborted before anybody is told why", async () => {
    const script = new Script(WHOLE);
    const fates: string[] = [];
    for await (const event of start(script)) {
      if (event.type === "route-decided") fates.push(script.streams.at(-1)?.fate ?? "");
      if (event.type === "thought-end") fates.push(script.streams.at(-1)?.fate ?? "");
    }
    expect(fates).toEqual(["open", "aborted", "open", "aborted"]);
    script.check();
  });

  it("a stream that is over is not aborted, so that its connection can be used again", async () => {
    const script = new Script(WHOLE);
    await readUntil(start(script), () => false);
    expect(script.streams.map(({ fate }) => fate)).toEqual([
      "aborted",
      "ended",
      "aborted",
      "ended",
    ]);
  });

  it("a server that knows no stop strings is aborted behind the delimiter", async () => {
    await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("One."), bare("\n\n"), bare("Two")]),
      fused("One.\n\n", CLOSE),
      closed("One.\n\n"),
    ]);
  });

  it("a step that is whole stays whole where its server hangs up without a last word", async () => {
    await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("One.\n\n"), CUT]),
      fused("One.\n\n", CLOSE),
      closed("One.\n\n"),
    ]);
  });

  it("probes are streams too, and read to their end", async () => {
    const result = await run(
      [
        probe("", token("A"), end("length")),
        step("small", "", [bare("A"), end("eos")]),
        closed("A"),
      ],
      { config: { glimpse: "probe" } },
    );
    expect(result.record.requests).toEqual({ small: 2, large: 1 });
  });
});

describe("a loop that ends leaves no open stream, and no listener", () => {
  it("when it is done", async () => {
    const { signal } = new AbortController();
    const script = new Script(WHOLE);
    await readUntil(start(script, signal), () => false);
    script.check();
    expect(script.count("open")).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("when its consumer breaks off, at any event", async () => {
    const total = (await run(WHOLE)).events.length;
    for (let last = 1; last <= total; last++) {
      const { signal } = new AbortController();
      const script = new Script(WHOLE);
      await readUntil(start(script, signal), (_event, count) => count === last);
      expect(script.count("open")).toBe(0);
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    }
  });

  it("when its signal is aborted, at any event: nothing more is asked", async () => {
    const total = (await run(WHOLE)).events.length;
    for (let last = 1; last < total; last++) {
      const controller = new AbortController();
      const script = new Script(WHOLE);
      let requests = 0;
      const error = await readUntil(start(script, controller.signal), (_event, count) => {
        if (count === last) {
          controller.abort(new Error("enough"));
          requests = script.streams.length;
        }
        return false;
      });
      expect(error).toMatchObject({ name: "ThoughtError", message: "enough" });
      expect(script.streams).toHaveLength(requests);
      expect(script.count("open")).toBe(0);
      expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    }
  });

  it("when its signal is aborted while the next token is awaited", async () => {
    const controller = new AbortController();
    const script = new Script([fused("", [token("One"), SILENCE])]);
    const loop = start(script, controller.signal);
    const failed = readUntil(loop, () => false);
    await expect.poll(() => script.streams[0]?.read).toBe(2);
    controller.abort(new Error("enough"));
    const error = await failed;
    expect(error).toMatchObject({ message: "enough", state: { step: { text: "One" } } });
    script.check();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("when its signal is aborted before it begins: nothing is asked", async () => {
    const script = new Script([]);
    const error = await readUntil(start(script, AbortSignal.abort(new Error("no"))), () => false);
    expect(error).toMatchObject({ name: "ThoughtError", message: "no", role: null, state: null });
    script.check();
  });

  it.each([
    ["an error inside a stream", [fused("", [token("One"), new Error("gone")])]],
    ["a stream that is cut", [fused("", [token("One"), CUT])]],
    ["a glimpse without candidates", [fused("", [bare("One")])]],
    ["an error in mid-chunk", [fused("", [chunk(token("One.\n\n"), bare("Two"))])]],
  ])("when it fails: %s", async (_name, requests) => {
    const { signal } = new AbortController();
    const script = new Script(requests);
    const error = await readUntil(start(script, signal), () => false);
    expect(error).toBeInstanceOf(ThoughtError);
    script.check();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("when a policy throws", async () => {
    const policy = () => {
      throw new Error("no idea");
    };
    const error = await failure([fused("", [token("One")])], { config: { policy } });
    expect(error).toMatchObject({
      message: "The `policy` failed at step 1: no idea",
      role: "small",
    });
  });

  it("when a request cannot even be made", async () => {
    const { signal } = new AbortController();
    const script = new Script([]);
    const error = await readUntil(start(script, signal), () => false);
    expect(error).toMatchObject({ name: "ThoughtError", role: "small" });
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
