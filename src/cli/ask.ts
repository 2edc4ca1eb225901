import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { requireEmbeddedQuestion } from "./embedded-questions.js";
import { FirstTokenLimit } from "./first-token-limit.js";
import { embeddedPairName, loadPair, type Pair, routingOf } from "./load-pair.js";
import { noticeHandler } from "./notice-handler.js";
import { paintReply, summaryOf } from "./paint-reply.js";
import {
  MODEL_OPTIONS,
  parseOptions,
  readContinuation,
  readNumber,
  readTopLogprobs,
} from "./read-options.js";
import { readQuestion } from "./read-question.js";
import { type ReadRouting, ROUTING_OPTIONS, readRouting } from "./read-routing.js";
import { show, tint, write, writeAside, writeJson } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** `glimprouter ask "..."`: one routed reply, streamed or as JSON. */
export async function runAsk(args: string[]): Promise<void> {
  const asked = await readAskArguments(args);
  const { small, large, question } = asked;
  if (small === undefined && large === undefined) {
    requireEmbeddedQuestion(question, embeddedPairName(asked.pair));
  }
  const pair = await loadPair(asked);
  try {
    await reply(routerOf(pair, asked), asked);
  } finally {
    await pair.dispose();
  }
}

function routerOf(pair: Pair, asked: AskArguments): GlimpRouterChatModel {
  const { routing, glimpse, continuation, topLogprobs } = asked;
  return new GlimpRouterChatModel({
    small: pair.small,
    large: pair.large,
    ...routingOf(pair, routing),
    glimpse,
    ...(continuation === undefined ? {} : { continuation }),
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
  });
}

async function reply(router: GlimpRouterChatModel, asked: AskArguments): Promise<void> {
  const { question, json, patience } = asked;
  const limit = new FirstTokenLimit(patience, (words) => writeAside(show`${words}\n`));
  const { signal, handler } = limit;
  const callbacks = [handler, noticeHandler()];
  try {
    if (json) {
      const message = await router.invoke(question, { signal, callbacks });
      const { reasoning_content: thought } = message.additional_kwargs;
      const { glimprouter } = message.response_metadata;
      return writeJson({ answer: message.text, thought, glimprouter });
    }
    const record = await paintReply(router, question, { signal, callbacks });
    write(show`\n\n${tint("dim", summaryOf(record))}\n`);
  } catch (error) {
    throw limit.reasonFor(error);
  } finally {
    limit.clear();
  }
}

interface AskArguments {
  readonly question: string;
  readonly routing: ReadRouting;
  readonly glimpse: "fused" | "probe";
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  readonly pair?: string | undefined;
  readonly continuation: ReturnType<typeof readContinuation>;
  readonly topLogprobs: number | undefined;
  /** Seconds for the first token. */
  readonly patience: number;
  readonly json: boolean;
}

async function readAskArguments(args: string[]): Promise<AskArguments> {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      ...MODEL_OPTIONS,
      ...ROUTING_OPTIONS,
      glimpse: { type: "string", default: "fused" },
      "first-token-timeout": { type: "string", default: "60" },
    },
  });
  const { glimpse } = values;
  if (glimpse !== "fused" && glimpse !== "probe") {
    throw new UsageError(`--glimpse must be fused or probe, got ${JSON.stringify(glimpse)}.`);
  }
  return {
    ...values,
    routing: readRouting(values),
    glimpse,
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
    patience: readNumber("--first-token-timeout", values["first-token-timeout"], {
      unit: "seconds",
      least: 0.001,
    }),
    question: await readQuestion(positionals),
  };
}
