import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import type {
  ServedModel,
  SpeculatingServers,
  Speculator,
} from "../../../scripts/speculation/speculating-servers.js";
import type { ArmOptions } from "../../../src/eval/arms/arm.js";
import { AskedPair } from "../../../src/eval/replies/asked-pair.js";
import { oneCallReply } from "../../../src/eval/replies/one-call.js";
import { routedReply } from "../../../src/eval/replies/routed-reply.js";
import type { WrittenReply } from "../../../src/eval/replies/written-reply.js";
import { closeMargin } from "../../../src/index.js";
import { wordPair } from "../word-models.js";

/** Several times what a problem needs: a thought that does not come to an end shall not hold up the rest. */
const MAX_TOKENS = 400;

/** One way of answering on servers. */
export interface ServerArm {
  readonly name: string;
  /** Whose greedy text it must have; absent where it is its own. */
  readonly sameAs?: string;
  /** @throws Error where the reply failed */
  answer(prompt: string): Promise<ServerReply>;
}

export interface ServerReply extends WrittenReply {
  /** Thought and answer. */
  readonly text: string;
  /** Who wrote each step; empty where the reply is one model's. */
  readonly routes: readonly string[];
}

interface Way {
  readonly name: string;
  readonly large: Speculator;
  readonly sameAs?: string;
  /** Absent: routed. */
  readonly alone?: "small" | "large";
  readonly more?: ArmOptions;
}

const WAYS: readonly Way[] = [
  { name: "large", large: "none", alone: "large" },
  { name: "large + draft", large: "draft", alone: "large", sameAs: "large" },
  { name: "large + n-grams", large: "ngram", alone: "large", sameAs: "large" },
  { name: "routed", large: "none" },
  { name: "routed + draft", large: "draft", sameAs: "routed" },
  { name: "routed + n-grams", large: "ngram", sameAs: "routed" },
  { name: "routed + early exit", large: "none", more: { closeWhen: closeMargin(1) } },
  { name: "small", large: "none", alone: "small" },
];

/** The arms of RQ3, over one kind of server, greedy. */
export async function armsOver(servers: SpeculatingServers): Promise<readonly ServerArm[]> {
  const { threshold, glimpseAt, dispose } = await wordPair();
  await dispose();
  const routing = { threshold, ...(glimpseAt === undefined ? {} : { glimpseAt }) };
  const small = chatOpenAI(servers.small);
  return await Promise.all(
    WAYS.map(async (way) => {
      const large = chatOpenAI(servers.large[way.large]);
      const shared = { maxThoughtTokens: MAX_TOKENS, ...(way.alone === undefined && routing) };
      return armOf(way, await AskedPair.of({ small, large }, shared));
    }),
  );
}

function chatOpenAI({ baseURL, name }: ServedModel): ChatOpenAI {
  return new ChatOpenAI({
    model: name,
    apiKey: "none",
    temperature: 0,
    configuration: { baseURL },
  });
}

function armOf({ name, sameAs, alone, more = {} }: Way, pair: AskedPair): ServerArm {
  const options = pair.options(more);
  const { writers } = pair;
  return {
    name,
    ...(sameAs === undefined ? {} : { sameAs }),
    async answer(prompt) {
      const messages = [new HumanMessage(prompt)];
      const { signal } = new AbortController();
      const call = { writers, options, messages, isScored: false };
      const reply =
        alone === undefined
          ? await routedReply(pair, options, messages, signal)
          : await oneCallReply(pair, { ...call, role: alone }, signal);
      if (reply.failure !== null) throw reply.failure;
      const thought = reply.thought ?? reply.steps.map(({ text }) => text).join("");
      return {
        ...reply,
        text: `${thought}\n${reply.answer}`,
        routes: reply.steps.map(({ route }) => route),
      };
    },
  };
}
