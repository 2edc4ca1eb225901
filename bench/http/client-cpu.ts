import { openAIAccess } from "../../src/writers/connection/openai-client.js";
import type { Bench } from "../bench.js";
import type { Target } from "../bench-table.js";
import { median, withRange } from "../statistics.js";
import { type BenchAddress, chatOpenAI, streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import { routerOver } from "./router-over.js";
import { startBenchServer } from "./start-bench-server.js";

const QUARTER_HARD: BenchServerOptions = {
  shape: { steps: 40, tokensPerStep: 30, hardEvery: 4, answerTokens: 20 },
  // Fast models: the more tokens in a second, the better the clock reads; each still comes by itself.
  msPerToken: { small: 2, large: 2 },
  msPerRequest: 0,
};
const EASY: BenchServerOptions = {
  ...QUARTER_HARD,
  shape: { ...QUARTER_HARD.shape, hardEvery: 0 },
};
const TOKENS = 40 * 30 + 20;
/** As many as the router makes of it where every 4th step is hard: 2n + 2. */
const CALLS = 22;
const TOKENS_PER_CALL = Math.round(TOKENS / CALLS);
const AT_ONCE = 4;
const WARM_UPS = 2;
const ROUNDS = 9;

/** One way of reading the same tokens. */
interface Reader {
  readonly name: string;
  readonly options: BenchServerOptions;
  /** Tokens of one reading. Default: those of the thought and its answer. */
  readonly tokens?: number;
  /** Makes the models once, as an app does, and returns what reads one reply and counts its characters. */
  connect(address: BenchAddress): () => Promise<number>;
}

const BASELINE = "ChatOpenAI.stream with 20 log-probabilities (baseline)";
const SAME_STREAM = "GlimpRouterChatModel.stream, all steps easy: the same tokens in one stream";
const IN_CALLS = `ChatOpenAI.stream as the baseline, but in ${CALLS} calls`;
const QUARTER = `GlimpRouterChatModel.stream, every 4th step by large: ${CALLS} requests, 11 aborts`;
const LOGPROBS = { logprobs: true, topLogprobs: 20 };

const READERS: readonly Reader[] = [
  { name: BASELINE, options: EASY, connect: (address) => chatReader(address, LOGPROBS) },
  {
    name: "ChatOpenAI.stream without log-probabilities",
    options: EASY,
    connect: (address) => chatReader(address, {}),
  },
  {
    name: "OpenAI SDK alone, text completion with 20 log-probabilities",
    options: EASY,
    connect: sdkReader,
  },
  { name: SAME_STREAM, options: EASY, connect: (address) => routedReader(address, "fused") },
  {
    name: IN_CALLS,
    options: EASY,
    tokens: CALLS * TOKENS_PER_CALL,
    connect: (address) => callsReader(address),
  },
  { name: QUARTER, options: QUARTER_HARD, connect: (address) => routedReader(address, "fused") },
  {
    name: "GlimpRouterChatModel.stream, the same by probes: 81 requests",
    options: QUARTER_HARD,
    connect: (address) => routedReader(address, "probe"),
  },
  {
    name: "GlimpRouterChatModel.invoke, every 4th step by large",
    options: QUARTER_HARD,
    connect: invokingReader,
  },
];

/** The client's CPU time, ours and the SDK's, for a token that a server streams. */
export const clientCpu: Bench = {
  name: "http-cpu",
  about: "CPU time of the client per streamed token, against plain ChatOpenAI.stream",
  async run() {
    const costs = await measureCosts();
    const ratios = (name: string, base: string) =>
      (costs.get(name) ?? []).map((cost, round) => cost / (costs.get(base)?.[round] ?? Number.NaN));
    const target = (what: string, name: string, base: string): Target => {
      const ratio = median(ratios(name, base));
      return { what, target: "<= 1.0", measured: ratio.toFixed(2), met: ratio <= 1 };
    };
    return {
      tables: [
        {
          title: `${TOKENS} tokens a reply, one event each; ${AT_ONCE} replies at once, ${ROUNDS} rounds`,
          columns: ["", "CPU us a token", "against the baseline"],
          rows: READERS.map(({ name }) => [
            name,
            withRange(costs.get(name) ?? [], 0),
            withRange(ratios(name, BASELINE)),
          ]),
        },
      ],
      targets: [
        target("CPU per token: the same tokens in one stream", SAME_STREAM, BASELINE),
        target("every 4th step by large, against ChatOpenAI in as many calls", QUARTER, IN_CALLS),
        target("every 4th step by large, against ChatOpenAI in one call", QUARTER, BASELINE),
      ],
    };
  },
};

/** CPU microseconds a token of each reader, by round. The readers take turns. */
async function measureCosts(): Promise<ReadonlyMap<string, readonly number[]>> {
  const costs = new Map(READERS.map(({ name }) => [name, [] as number[]]));
  const server = await startBenchServer(EASY);
  const connected = READERS.map((reader) => ({
    ...reader,
    read: reader.connect({ baseURL: server.baseURL, client: reader.name }),
  }));
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    for (const { name, options, read, tokens = TOKENS } of connected) {
      await server.configure(options);
      const begin = process.cpuUsage();
      const characters = await Promise.all(Array.from({ length: AT_ONCE }, read));
      const { user, system } = process.cpuUsage(begin);
      if (tokens === TOKENS) checkCharacters(name, characters);
      if (round >= 0) costs.get(name)?.push((user + system) / tokens / AT_ONCE);
    }
  }
  server.close();
  return costs;
}

let expected: number | null = null;

function checkCharacters(name: string, characters: readonly number[]): void {
  expected ??= characters[0] ?? null;
  const other = characters.find((count) => count !== expected);
  if (other !== undefined) throw new Error(`${name}: ${other} characters instead of ${expected}.`);
}

const CLOSE_LENGTH = "</think>".length;

function chatReader(
  address: BenchAddress,
  fields: { readonly logprobs?: boolean; readonly topLogprobs?: number },
): () => Promise<number> {
  const model = chatOpenAI(address, "large", fields);
  return async () => (await streamReply(model)).text.length - CLOSE_LENGTH;
}

/** As many requests as a routed reply makes, and as many tokens in all. */
function callsReader(address: BenchAddress): () => Promise<number> {
  const model = chatOpenAI(address, "large", { ...LOGPROBS, maxTokens: TOKENS_PER_CALL });
  return async () => {
    let characters = 0;
    for (let call = 0; call < CALLS; call++) characters += (await streamReply(model)).text.length;
    return characters;
  };
}

function routedReader(address: BenchAddress, glimpse: "fused" | "probe"): () => Promise<number> {
  const model = routerOver(address, { glimpse });
  return async () => {
    const { text, thought } = await streamReply(model);
    return text.length + thought.length;
  };
}

function invokingReader(address: BenchAddress): () => Promise<number> {
  const model = routerOver(address);
  return async () => {
    const { text, additional_kwargs } = await model.invoke("Go.");
    return text.length + String(additional_kwargs.reasoning_content).length;
  };
}

/** The floor: nothing but the SDK's own reading of the stream, thought and answer one after the other. */
function sdkReader(address: BenchAddress): () => Promise<number> {
  const { client } = openAIAccess(chatOpenAI(address, "small"), "small");
  const opened = "<|im_start|>user\nGo.<|im_end|>\n<|im_start|>assistant\n<think>\n";
  const shared = { model: "small", logprobs: 20, stream: true };
  return async () => {
    let text = "";
    const thought = await client.completions.create({ ...shared, prompt: opened });
    for await (const chunk of thought) text += textOf(chunk);
    const closed = { ...shared, prompt: `${opened}${text}\n\n` };
    for await (const chunk of await client.completions.create(closed)) text += textOf(chunk);
    return text.length - CLOSE_LENGTH;
  };
}

function textOf(chunk: unknown): string {
  const { choices } = chunk as { readonly choices: readonly { readonly text: string }[] };
  return choices[0]?.text ?? "";
}
