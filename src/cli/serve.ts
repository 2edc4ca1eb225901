import { GlimpRouterChatModel } from "../langchain/chat-model.js";
import { type EmbeddedPairName, LocalChatModel } from "../local/index.js";
import { createHandler, type ServedReply } from "../serve/index.js";
import { LISTED } from "../serve/models/model-names.js";
import { asUsage } from "./as-usage.js";
import { embeddedProblems } from "./embedded-problems.js";
import { listen } from "./listen.js";
import { embeddedPairName, loadPair, type Pair, routingOf } from "./load-pair.js";
import { noticeHandler } from "./notice-handler.js";
import { summaryOf } from "./paint-reply.js";
import { isLoopback, readServeArguments, type ServeArguments } from "./serve-arguments.js";
import { show, tint, write } from "./terminal.js";

/** Numbers of shipped problems, of thoughts that change hands. */
const EXAMPLES: Readonly<Record<EmbeddedPairName, readonly string[]>> = {
  tape: ["14", "10", "32", "23", "12"],
  words: ["2", "20", "29", "38", "11", "5"],
};

/** `glimprouter serve`: one model for every client that speaks OpenAI's protocol, until it is told to end. */
export function runServe(args: string[]): Promise<void> {
  return asUsage(async () => {
    const asked = readServeArguments(args);
    const pair = await loadPair(asked);
    try {
      await servePair(pair, asked);
    } finally {
      await pair.dispose();
    }
  });
}

async function servePair(pair: Pair, asked: ServeArguments): Promise<void> {
  const closing = new AbortController();
  const { apiKey, cors, reasoningField, host, grace } = asked;
  const handler = createHandler({
    router: routerOf(pair, asked),
    limits: { maxConcurrency: asked.maxConcurrency ?? usualConcurrency(pair) },
    closing: closing.signal,
    onReply: tellReply,
    apiKey,
    cors,
    reasoningField,
    page: asked.page && { questions: await exampleQuestions(asked) },
    // Behind a key, whoever names the machine otherwise can do nothing.
    hosts: isLoopback(host) ? [host, "127.0.0.1", "localhost", "::1"] : undefined,
  });
  const signal = toldToEnd();
  const { address, close } = await listen(handler, asked);
  write(show`${tint("bold", `${address}/v1`)}\n${LISTED.join("\n")}\n`);
  if (asked.page) write(show`A page to watch a thought: ${tint("bold", address)}\n`);
  write(show`${tint("dim", "Ends with Ctrl+C: open replies are finished first.")}\n`);
  write(show`${await signal}: no new requests, open replies have ${String(grace)} s.\n`);
  const late = setTimeout(() => closing.abort(), 1000 * grace);
  await close();
  clearTimeout(late);
}

function routerOf(pair: Pair, { routing, continuation, topLogprobs, warm }: ServeArguments) {
  const isCalibrated = typeof routing.threshold === "object";
  return new GlimpRouterChatModel({
    small: pair.small,
    large: pair.large,
    ...routingOf(pair, routing),
    ...(continuation === undefined ? {} : { continuation }),
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
    ...(warm === undefined ? {} : { warm }),
    // Without a calibration nothing is told, and each token costs more where somebody listens.
    ...(isCalibrated ? { callbacks: [noticeHandler()] } : {}),
  });
}

/** Those of the embedded pair on which both of its models write. */
async function exampleQuestions({ pair }: ServeArguments): Promise<readonly string[]> {
  if (pair === undefined) return [];
  const name = embeddedPairName(pair);
  const problems = await embeddedProblems(name);
  return EXAMPLES[name].flatMap((id) => {
    const prompt = problems.find((problem) => problem.id === id)?.prompt;
    return typeof prompt === "string" ? [prompt] : [];
  });
}

/** Models in this process have two sequences under way: more would only wait for each other. */
function usualConcurrency({ small, large }: Pair): number {
  return [small, large].some((model) => model instanceof LocalChatModel) ? 2 : 64;
}

/** One line a request: what it came to, and nothing that anybody wrote. */
function tellReply({ model, status, ms, routing, failure }: ServedReply): void {
  const told = failure ?? (routing === null ? "" : summaryOf(routing));
  const time = new Date().toISOString().slice(11, 19);
  const colour = status < 400 ? "green" : "red";
  const line = `${model} in ${(ms / 1000).toFixed(2)} s${told === "" ? "" : `: ${told}`}`;
  write(show`${time} ${tint(colour, String(status))} ${line.replaceAll("\n", " ")}\n`);
}

/** Which signal it was. A second one ends the process as it is. */
function toldToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolve(name));
  });
}
