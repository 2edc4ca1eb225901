import { FakeStreamingChatModel } from "@langchain/core/utils/testing";
import type { GlimpRouterChatModel, GlimpRouterFields } from "../../src/index.js";
import { type BenchAddress, chatOpenAI, streamReply } from "../http/bench-models.js";
import type { BenchServerOptions } from "../http/bench-server-options.js";
import { instantWriter } from "../router-cost/instant-writer.js";
import { sum } from "../statistics.js";
import type { ThoughtShape } from "../thought-script.js";

/** What a tree's main entry exports, as far as it is used here: it must be in old trees, too. */
export interface Tree {
  readonly GlimpRouterChatModel: new (fields: GlimpRouterFields) => GlimpRouterChatModel;
}

/** One thing that an old tree and this one both do. */
export interface ComparedReading {
  readonly name: string;
  /** How the bench server writes meanwhile; without: none is asked. */
  readonly server?: BenchServerOptions;
  /** How often each tree reads in a round, the trees in turns, and how often before. */
  readonly times: number;
  readonly warmUps: number;
  /** Makes the model once, as an app does, and returns what reads. */
  connect(tree: Tree, address: BenchAddress): () => Promise<CountedReading>;
}

interface CountedReading {
  readonly tokens: number;
  readonly characters: number;
}

const REPLIES_AT_ONCE = 16;
const HTTP_SHAPE: ThoughtShape = { steps: 10, tokensPerStep: 30, hardEvery: 4, answerTokens: 20 };
const ALONE_SHAPE: ThoughtShape = { steps: 200, tokensPerStep: 30, hardEvery: 4, answerTokens: 1 };

/** Reads one reply and counts its characters, those of the thought included. */
type Read = (model: GlimpRouterChatModel) => Promise<number>;

const stream: Read = async (model) => {
  const { text, thought } = await streamReply(model);
  return text.length + thought.length;
};

const invoke: Read = async (model) => {
  const { text, additional_kwargs } = await model.invoke("Go.");
  return text.length + String(additional_kwargs.reasoning_content).length;
};

/** By the bench that they belong to. */
const READINGS: Readonly<Record<string, readonly ComparedReading[]>> = {
  "router-cost": [
    alone("stream, no server, every 4th step by large", stream),
    alone("invoke, no server, every 4th step by large", invoke),
  ],
  "http-cpu": [
    overHttp("stream over HTTP, all limits set, all steps easy", 0, stream),
    overHttp("stream over HTTP, all limits set, every 4th step by large", 4, stream),
    overHttp("invoke over HTTP, all limits set, every 4th step by large", 4, invoke),
  ],
};

/** Benches that can be run against an old tree. */
export const COMPARABLE: readonly string[] = Object.keys(READINGS);

export function comparedReadings(bench: string): readonly ComparedReading[] {
  const readings = READINGS[bench];
  if (readings === undefined) throw new Error(`${bench} compares nothing.`);
  return readings;
}

/** The loop and LangChain's chunks alone: a writer that answers at once. */
function alone(name: string, read: Read): ComparedReading {
  return {
    name,
    times: 6,
    // Behind 8 replies code was still being compiled, more of it where there is more: a reply cost half as much again.
    warmUps: 25,
    connect({ GlimpRouterChatModel }) {
      const writer = instantWriter(ALONE_SHAPE);
      const model = new GlimpRouterChatModel({
        small: new FakeStreamingChatModel({}),
        large: new FakeStreamingChatModel({}),
        continuation: { small: writer, large: writer },
        maxThoughtTokens: 100_000,
      });
      return async () => ({ tokens: tokensOf(ALONE_SHAPE), characters: await read(model) });
    },
  };
}

/** Replies side by side, each token an event of its own; the server writes in another process. */
function overHttp(name: string, hardEvery: number, read: Read): ComparedReading {
  const shape = { ...HTTP_SHAPE, hardEvery };
  return {
    name,
    server: { shape, msPerToken: { small: 2, large: 2 }, msPerRequest: 0 },
    times: 3,
    // Behind 2, as above, what was read first cost the more code the more.
    warmUps: 8,
    connect({ GlimpRouterChatModel }, address) {
      const model = withLimits(GlimpRouterChatModel, {
        small: chatOpenAI(address, "small"),
        large: chatOpenAI(address, "large"),
        threshold: 1,
      });
      return async () => {
        const replies = Array.from({ length: REPLIES_AT_ONCE }, () => read(model));
        const characters = sum(await Promise.all(replies));
        return { tokens: REPLIES_AT_ONCE * tokensOf(shape), characters };
      };
    },
  };
}

const PRICE = { input: 1, output: 2 };
/** All that ends a reply early and is off by default, set so that it never does: it is to cost next to nothing. */
const LIMITS = {
  deadlineMs: 3_600_000,
  onDeadline: "answer",
  maxTotalTokens: 1_000_000,
  prices: { small: PRICE, large: PRICE },
  maxCost: 1_000,
  onFailure: { small: "other", large: "other" },
} as const;

/** With all limits in a tree that knows of them. */
function withLimits(
  Model: Tree["GlimpRouterChatModel"],
  fields: GlimpRouterFields,
): GlimpRouterChatModel {
  try {
    return new Model({ ...fields, ...LIMITS });
  } catch (error) {
    // An older one refuses options that it does not know, by the first one's name.
    if (!(error instanceof Error && error.message.includes("deadlineMs"))) throw error;
    return new Model(fields);
  }
}

function tokensOf({ steps, tokensPerStep, answerTokens }: ThoughtShape): number {
  return steps * tokensPerStep + answerTokens;
}
