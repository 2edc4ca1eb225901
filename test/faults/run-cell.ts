import { ChatOpenAI } from "@langchain/openai";
import {
  GlimpRouterChatModel,
  GlimpRouterError,
  type ResumeState,
  type RoutingRecord,
} from "../../src/index.js";
import { type FakeVllm, startFakeVllm } from "../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../servers/script/scripted-model.js";
import { type AskedRouter, asAsked, saidIn } from "./ask-for.js";
import { type Cell, scriptOf } from "./cell.js";
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
  /** What another call came to that went on from the error. */
  readonly resumed: Answered | null;
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
      { model: scriptedThought(scriptOf(cell)), modelName, toolParser: true },
      modelName === cell.role ? wire : undefined,
    );
  const [small, large] = await Promise.all([start("small"), start("large")]);
  const pair: Pair = { small, large };
  try {
    const { result, pending } = await leavingTimers(() => ask());
    const reached = { met: wire.met, cuts: wire.cuts, requests: requestsAt(pair) };
    const resumed = await goneOnWith(result.error);
    // What does not keep the process alive is the runtime's: its pool closes what nobody uses.
    const timers = () => [...pending].filter((timer) => timer.hasRef()).length;
    const open = () => small.open + large.open;
    await until(() => timers() === 0 && open() === 0);
    return {
      ...result,
      ...reached,
      resumed,
      left: { requests: open(), timers: timers() },
    };
  } finally {
    await Promise.all([small.close(), large.close()]);
  }

  function ask(resume?: ResumeState): Promise<Answered> {
    const asked = asAsked(routerOver(pair, wire, fault, cell), cell, resume);
    return cell.call === "stream" ? streamed(asked) : invoked(asked);
  }

  /** As another process would be, when the server is well again. */
  async function goneOnWith(error: GlimpRouterError | null): Promise<Answered | null> {
    if (error?.resume === undefined) return null;
    wire.isMended = true;
    return ask(JSON.parse(JSON.stringify(error.resume)));
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

async function invoked(router: AskedRouter): Promise<Answered> {
  const heard = new Heard();
  try {
    const message = await router.invoke("2+2?", { callbacks: [heard] });
    const { additional_kwargs, response_metadata } = message;
    return {
      heard,
      text: saidIn(message),
      thought: String(additional_kwargs.reasoning_content ?? ""),
      error: null,
      record: response_metadata.glimprouter as RoutingRecord,
    };
  } catch (thrown) {
    return { heard, text: "", thought: null, ...failed(thrown) };
  }
}

async function streamed(router: AskedRouter): Promise<Answered> {
  const heard = new Heard();
  let [text, thought] = ["", ""];
  let record: RoutingRecord | undefined;
  try {
    for await (const chunk of await router.stream("2+2?", { callbacks: [heard] })) {
      text += saidIn(chunk);
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

function requestsAt({ small, large }: Pair): Seen["requests"] {
  return { small: completionsAt(small), large: completionsAt(large) };
}

function completionsAt(server: FakeVllm): number {
  const chats = server.to("/v1/chat/completions");
  // One that has the prompt rendered is none.
  const written = chats.filter(({ body }) => body.return_prompt_text !== true);
  return server.to("/v1/completions").length + written.length;
}

/** Servers notice a closed connection a while later. */
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 3_000;
  while (performance.now() < end && !isSo()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
