import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, GlimpRouterError, type RoutingRecord } from "../../src/index.js";
import { type FakeVllm, startFakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../servers/script/scripted-model.js";
import { type Cell, SCRIPT } from "./cell.js";
import type { Elsewhere } from "./elsewhere.js";
import type { Fault } from "./fault.js";
import { FaultyWire } from "./faulty-wire.js";
import { Heard } from "./heard.js";
import { leavingTimers } from "./pending-timers.js";
import { LIMITS } from "./rows/declared.js";

export const KEY = "sk-canary-of-the-matrix";

/** What a cell came to. */
export interface Seen {
  readonly text: string;
  /** What was handed out of the thought: all of it, or up to the error. `null`: an `invoke` that failed. */
  readonly thought: string | null;
  readonly error: GlimpRouterError | null;
  readonly record: RoutingRecord | undefined;
  readonly heard: Heard;
  readonly met: number;
  readonly cuts: number;
  /** Generation requests that reached the servers. */
  readonly requests: Readonly<Record<Cell["role"], number>>;
  /** What is left a while after the end. */
  readonly left: { readonly requests: number; readonly timers: number };
}

interface Pair {
  readonly small: FakeVllm;
  readonly large: FakeVllm;
}

/** Nothing goes wrong. */
const NONE: Fault = {
  name: "none",
  about: "",
  way: "bytes",
  bytes: { pieces: (bytes) => [bytes] },
  outcomes: [{ where: {}, outcome: { is: "right" } }],
};

/** Asks once, over two servers of its own, one of which meets the fault. */
export async function runCell(cell: Cell, elsewhere: Elsewhere, fault = NONE): Promise<Seen> {
  const wire = new FaultyWire(fault, cell, elsewhere.url);
  const start = (modelName: Cell["role"]) =>
    startFakeVllm(
      { model: scriptedThought(SCRIPT), modelName },
      modelName === cell.role ? wire : undefined,
    );
  const [small, large] = await Promise.all([start("small"), start("large")]);
  const pair: Pair = { small, large };
  try {
    const { result, pending } = await leavingTimers(() => ask(routerOver(pair, wire, fault, cell)));
    // What does not keep the process alive is the runtime's: its pool closes what nobody uses.
    const timers = () => [...pending].filter((timer) => timer.hasRef()).length;
    const open = () => small.open + large.open;
    await until(() => timers() === 0 && open() === 0);
    return {
      ...result,
      met: wire.met,
      cuts: wire.cuts,
      requests: { small: completionsAt(small), large: completionsAt(large) },
      left: { requests: open(), timers: timers() },
    };
  } finally {
    await Promise.all([small.close(), large.close()]);
  }

  function ask(router: GlimpRouterChatModel) {
    return cell.call === "stream" ? streamed(router) : invoked(router);
  }
}

function routerOver(
  { small, large }: Pair,
  wire: FaultyWire,
  fault: Fault,
  cell: Cell,
): GlimpRouterChatModel {
  const { role, moment, glimpse, spell } = cell;
  const model = (name: Cell["role"], { baseURL }: FakeVllm) =>
    new ChatOpenAI({
      model: name,
      apiKey: KEY,
      maxRetries: LIMITS.retries,
      configuration: {
        baseURL,
        ...(name === role && wire.fetch !== undefined ? { fetch: wire.fetch } : {}),
      },
    });
  return new GlimpRouterChatModel({
    small: model("small", small),
    large: model("large", large),
    continuation: "vllm",
    topLogprobs: 5,
    glimpse,
    answerBy: moment === "answer" ? role : "large",
    onFailure: { small: "throw", large: "throw", ...(spell === "out" ? { [role]: "other" } : {}) },
    ...(fault.silent === true
      ? { firstTokenTimeoutMs: LIMITS.firstTokenMs, stallTimeoutMs: LIMITS.stallMs }
      : {}),
  });
}

type Answered = Pick<Seen, "text" | "thought" | "error" | "record" | "heard">;

async function invoked(router: GlimpRouterChatModel): Promise<Answered> {
  const heard = new Heard();
  try {
    const { text, additional_kwargs, response_metadata } = await router.invoke("2+2?", {
      callbacks: [heard],
    });
    return {
      heard,
      text,
      thought: String(additional_kwargs.reasoning_content ?? ""),
      error: null,
      record: response_metadata.glimprouter as RoutingRecord,
    };
  } catch (thrown) {
    return { heard, text: "", thought: null, ...failed(thrown) };
  }
}

async function streamed(router: GlimpRouterChatModel): Promise<Answered> {
  const heard = new Heard();
  let [text, thought] = ["", ""];
  let record: RoutingRecord | undefined;
  try {
    for await (const chunk of await router.stream("2+2?", { callbacks: [heard] })) {
      text += chunk.text;
      thought += String(chunk.additional_kwargs.reasoning_content ?? "");
      record ??= chunk.response_metadata.glimprouter as RoutingRecord | undefined;
    }
    return { heard, text, thought, error: null, record };
  } catch (thrown) {
    return { heard, text, thought, ...failed(thrown) };
  }
}

function failed(thrown: unknown): Pick<Seen, "error" | "record"> {
  if (!GlimpRouterError.isInstance(thrown)) throw thrown;
  return { error: thrown, record: thrown.routing };
}

function completionsAt(server: FakeVllm): number {
  return server.to("/v1/completions").length;
}

/** Servers notice a closed connection a while later. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 3_000;
  while (performance.now() < end && !isSo()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
