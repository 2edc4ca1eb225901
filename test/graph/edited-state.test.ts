import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import {
  editThought,
  glimpRouterGraph,
  rerouteStep,
  type ThoughtState,
} from "../../src/graph/index.js";
import { GlimpRouterError } from "../../src/index.js";
import { ScriptedChatModel } from "../langchain/scripted-pair.js";

const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

/** A thought as it stands in a checkpoint before its second step, and the graph that it is in. */
async function stopped(fields: { readonly thinking?: { open: string; close: string } } = {}) {
  const graph = glimpRouterGraph({
    small: new ScriptedChatModel(),
    large: new ScriptedChatModel(),
    checkpointer: new MemorySaver(),
    interruptBefore: ["large"],
    ...fields,
  });
  await graph.invoke(INPUT, THREAD);
  const { thought, openings } = (await graph.getState(THREAD)).values;
  return { graph, thought: thought as ThoughtState, openings };
}

type Path = readonly string[];

/** The path of every field, those of objects in it included. */
function paths(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, each]) => paths(each, [...at, key]));
  return at.length === 0 ? inside : [at, ...inside];
}

/** A value of another kind than any that the field may have. */
function wrong(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return 7;
  return typeof value === "boolean" ? "yes" : { not: "this" };
}

function changed(thought: object, path: Path, change: (value: unknown) => unknown): ThoughtState {
  const copy = structuredClone(thought) as Record<string, unknown>;
  let object = copy;
  for (const key of path.slice(0, -1)) object = object[key] as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  object[last] = change(object[last]);
  return copy as unknown as ThoughtState;
}

function refusal(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was refused.");
}

describe("F18: a state edited by hand is refused by field", () => {
  it("F18: every field of a thought, of another kind or gone", async () => {
    const { thought } = await stopped();
    // What a point and a policy remember is theirs: any JSON.
    const isTheirs = ([field]: Path) => field === "pointState" || field === "policyStates";
    const all = paths(thought).filter((path) => !isTheirs(path));
    expect(all.length).toBeGreaterThan(50);
    for (const path of all) {
      for (const change of [wrong, () => undefined]) {
        const error = refusal(() => editThought(changed(thought, path, change), "New."));
        expect(GlimpRouterError.isInstance(error)).toBe(true);
        expect(error).toMatchObject({ reason: "invalid_input" });
        expect((error as Error).message).toContain(`\`thought.${path.join(".")}`);
        expect((error as Error).message).toMatch(
          /Change a thought with editThought or rerouteStep/,
        );
      }
    }
  });

  it.each<[Path, unknown]>([
    [["thoughtTokens"], -1],
    [["thoughtTokens"], 1.5],
    [["thoughtTokens"], Number.NaN],
    [["thoughtTokens"], 1e308],
    [["phase"], "thinking"],
    [["rooms", "large", "contextSize"], 0],
    [["step", "emitted"], 1000],
    [["step", "part", "from"], 1000],
    [["step", "tail"], "not its end"],
    [["steps", "0", "route"], "middle"],
    [["step", "ms"], Number.POSITIVE_INFINITY],
    [["thougtTokens"], 7],
  ])("F18: `%s` of %s", async (path, value) => {
    const { thought } = await stopped();
    const error = refusal(() =>
      rerouteStep(
        changed(thought, path, () => value),
        "small",
      ),
    );
    expect(error).toMatchObject({ reason: "invalid_input" });
    expect((error as Error).message).toContain(`\`thought.${path.join(".")}\``);
  });

  it("what small has begun of a step that is given to large is discarded", async () => {
    const { thought } = await stopped();
    const words = { text: "Two words", tokens: 2, begun: true, route: "small" } as const;
    const begun = { ...thought, phase: "small", step: { ...thought.step, ...words } } as const;
    const before = thought.usage.small.discarded_tokens;
    const { step, usage } = rerouteStep(begun, "large");
    expect(step).toMatchObject({ text: "", tokens: 0, route: "large" });
    expect(usage.small).toEqual({ ...thought.usage.small, discarded_tokens: before + 2 });
    expect(rerouteStep(begun, "small").usage).toEqual(thought.usage);
  });

  it("F18: a sound state goes on, at any place", async () => {
    const { graph } = await stopped();
    for await (const { values } of graph.getStateHistory(THREAD)) {
      const { thought } = values;
      if (thought) expect(editThought(thought, "New.").thought).toBe("New.\n\n");
    }
  });

  it.each<[string, (thought: ThoughtState, openings: object) => object, RegExp]>([
    ["an empty thought", () => ({ thought: {} }), /`thought\.phase`/],
    ["a thought that is a text", () => ({ thought: "So." }), /`thought`: "So\."/],
    ["a count as text", (thought) => ({ thought: { ...thought, thoughtTokens: "7" } }), /"7"/],
    ["no openings", () => ({ openings: {} }), /`openings\.small`/],
    [
      "an opening without its prompt",
      (_thought, openings) => ({ openings: changed(openings, ["large", "data"], () => undefined) }),
      /`openings\.large\.data`/,
    ],
    [
      "a closing tag in the thought",
      (thought) => ({ thought: { ...thought, thought: "One </think> two.\n\n" } }),
      /`thought\.thought` has the closing tag "<\/think>"/,
    ],
  ])("F18: the graph refuses %s", async (_name, update, message) => {
    const { graph, thought, openings } = await stopped();
    await graph.updateState(THREAD, update(thought, openings ?? {}));
    const error = await graph.invoke(null, THREAD).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      reason: "invalid_input",
      message: expect.stringMatching(message),
    });
  });

  it("F18: editThought refuses the closing tag, the graph's own, too", async () => {
    const { thought } = await stopped();
    const error = refusal(() => editThought(thought, "x </think> y"));
    expect(error).toMatchObject({ reason: "invalid_input" });
    expect((error as Error).message).toMatch(/`text` has the closing tag "<\/think>"/);
    expect(() => editThought(thought, "x [/t] y", "\n\n", "[/t]")).toThrow(/closing tag "\[\/t\]"/);
    expect(editThought(thought, "x </think> y", "\n\n", "").thought).toBe("x </think> y\n\n");
    expect(() => editThought(thought, 5 as never)).toThrow(/Expected `text`/);
  });
});
