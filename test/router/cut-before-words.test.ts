import { describe, expect, it } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { markOutage } from "../../src/router/outage.js";
import type { RouteConfig } from "../../src/router/route-config.js";
import type { Role, StepWriter } from "../../src/router/step-writer.js";
import { CONFIG, drive, type Run, runOver } from "./run-thought.js";
import { CLOSE, closed, fused, step, unstopped } from "./scripted-requests.js";
import { CUT, Script, type ScriptedRequest } from "./scripted-writer.js";
import { bare, end, HIGH, token } from "./tokens.js";

/** Runs a script whose writers are gone on with, by the loop and by the driver that keeps nothing but JSON. */
async function runCut(
  requests: readonly ScriptedRequest[],
  config: Partial<RouteConfig> = {},
): Promise<Run> {
  const pair = () => {
    const script = new Script(requests);
    const goneOnWith = (role: Role): StepWriter => ({
      ...script.writers[role],
      resumption: { by: "text", retries: 2 },
    });
    const writers = { small: goneOnWith("small"), large: goneOnWith("large") };
    return { script, writers, openings: script.openings };
  };
  const used = { ...CONFIG, ...config };
  const { script, ...asked } = pair();
  const result = await runOver(asked, used);
  script.check();
  const again = pair();
  expect(await drive(again, used)).toEqual({ events: result.events, state: result.state });
  again.script.check();
  return result;
}

/** What a cut must leave as it is. */
function lasting({ thought, answer, record }: Run) {
  const { steps, stopReason, largeShare, handoffs } = record;
  const withoutTime = steps.map(({ ms: _ms, parts, ...rest }) => ({
    ...rest,
    parts: parts.map(({ ms: _of, ...part }) => part),
  }));
  return { thought, answer, steps: withoutTime, stopReason, largeShare, handoffs };
}

/** What it costs. */
function paid({ record: { usage, requests } }: Run) {
  const { output_tokens, discarded_tokens } = usage.large;
  return { requests: requests.large, written: output_tokens, discarded: discarded_tokens };
}

const BEGUN = [fused("", [token("One.\n\n"), token("Hard", HIGH)])];

/** The step by large: blanks, and then its words. */
const LEADS = [
  { blanks: ["\n", "\n"], begins: "" },
  { blanks: ["\n", "  "], begins: "  " },
  { blanks: ["  ", "\n"], begins: "" },
  { blanks: ["  ", "  "], begins: "    " },
];

const WAYS = [
  {
    way: "a step",
    config: {},
    asked: step,
    end: end("stop"),
    behind: (begins: string) => [
      fused(`One.\n\n${begins}- two.\n\n`, CLOSE),
      closed(`One.\n\n${begins}- two.\n\n`),
    ],
  },
  {
    way: "the rest of the thought",
    config: {
      policy: ({ entropy }: { entropy: number }) =>
        entropy > 1 ? ({ route: "large", until: "end" } as const) : "small",
    },
    asked: unstopped,
    end: bare("\n</think>"),
    behind: (begins: string) => [closed(`One.\n\n${begins}- two.\n`)],
  },
] as const;

const CASES = WAYS.flatMap((way) =>
  LEADS.map((lead) => [way.way, lead.blanks, way, lead] as const),
);

describe("large's stream that is cut at its step's beginning", () => {
  it.each(CASES)("of %s, blanks %j", async (_way, _blanks, { config, asked, ...way }, lead) => {
    const { blanks, begins } = lead;
    const words = [bare("- "), bare("two."), way.end];
    const items = [...blanks.map((each) => bare(each)), ...words];
    const behind = way.behind(begins);
    const large = (thought: string, read: ScriptedRequest["items"]) =>
      asked("large", thought, read);
    const whole = await runCut([...BEGUN, large("One.\n\n", items), ...behind], config);
    for (let count = 0; count <= blanks.length; count++) {
      // Asked as before: nothing of the step was there.
      const requests = [
        large("One.\n\n", [...items.slice(0, count), CUT]),
        large("One.\n\n", items),
      ];
      const cut = await runCut([...BEGUN, ...requests, ...behind], config);
      expect(lasting(cut)).toEqual(lasting(whole));
      expect(cut.record.retries).toEqual([
        { step: 2, role: "large", reason: "cut", afterTokens: 0 },
      ]);
      expect(paid(cut)).toEqual({
        requests: paid(whole).requests + 1,
        written: paid(whole).written + count,
        discarded: paid(whole).discarded + count,
      });
    }
    // Behind a word: what large had before it, the request has, and the thought has not.
    const requests = [
      large("One.\n\n", [...items.slice(0, -2), CUT]),
      large(`One.\n\n${blanks.join("")}- `, items.slice(-2)),
    ];
    const cut = await runCut([...BEGUN, ...requests, ...behind], config);
    expect(lasting(cut)).toEqual(lasting(whole));
    expect(paid(cut)).toEqual({ ...paid(whole), requests: paid(whole).requests + 1 });
    expect(cut.record.retries).toMatchObject([{ step: 2, afterTokens: blanks.length + 1 }]);
  });

  it("has an opening tag that was written once more, where it is cut behind it", async () => {
    const result = await runCut(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("\n<think>\n"), bare("So"), CUT]),
        step("large", "\n<think>\nSo", [bare(" it."), end("eos")]),
        closed("So it."),
      ],
      { policy: always("large") },
    );
    expect(result.thought).toBe("So it.");
  });

  it("has none of what came before a stop string that came first", async () => {
    const result = await runCut([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("\n"), end("stop")]),
      unstopped("large", "", [bare("\n\n"), bare("So"), CUT]),
      unstopped("large", "\n\nSo", [bare("."), end("eos")]),
      closed("So."),
    ]);
    expect(result.thought).toBe("So.");
  });

  it("keeps nothing of it for a later turn", async () => {
    const result = await runCut([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("\n"), bare("So."), end("stop")]),
      fused("So.\n\n", [token("B", HIGH)]),
      step("large", "So.\n\n", [bare("Now"), CUT]),
      step("large", "So.\n\nNow", [bare(" it."), end("eos")]),
      closed("So.\n\nNow it."),
    ]);
    expect(result.thought).toBe("So.\n\nNow it.");
  });
});

describe("a turn of large's that came to no word", () => {
  it("is no part of the step that large writes when small is out", async () => {
    const script = new Script([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare(" "), bare(" "), end("length")], 2),
      fused("  ", [markOutage(new Error("dead"), "connection")]),
      unstopped("large", "", [bare("Two."), bare("\n</think>")]),
      closed("Two.\n"),
    ]);
    const config = {
      ...CONFIG,
      maxStepTokens: 2,
      onFailure: { small: "other", large: "throw" },
    } as const;
    const { record } = await runOver(script, config);
    script.check();
    expect(record.steps).toMatchObject([
      { tokens: 2, parts: [{ route: "large", tokens: 2, from: 0, end: "close" }] },
    ]);
  });
});
