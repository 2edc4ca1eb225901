import { openAIAccess } from "../../src/writers/openai-client.js";
import type { Bench } from "../bench.js";
import { median, withRange } from "../statistics.js";
import { type BenchAddress, chatOpenAI, routerOver, streamReply } from "./bench-models.js";
import type { BenchServerOptions } from "./bench-server-options.js";
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
const AT_ONCE = 8;
const WARM_UPS = 1;
const ROUNDS = 5;

/** One way of reading the same tokens. */
interface Reader {
  readonly name: string;
  readonly options: BenchServerOptions;
  /** Returns how many characters there were: all readers must see the same. */
  read(address: BenchAddress): Promise<number>;
}

const BASELINE = "ChatOpenAI.stream with 20 log-probabilities (baseline)";
const TARGET_OF = "GlimpRouterChatModel.stream, every 4th step by large";

const READERS: readonly Reader[] = [
  {
    name: BASELINE,
    options: EASY,
    read: (address) => readChat(address, { logprobs: true, topLogprobs: 20 }),
  },
  {
    name: "ChatOpenAI.stream without log-probabilities",
    options: EASY,
    read: (address) => readChat(address, {}),
  },
  { name: "OpenAI SDK, text completion with 20 log-probabilities", options: EASY, read: readSdk },
  { name: "GlimpRouterChatModel.stream, all steps easy", options: EASY, read: readRouted },
  { name: TARGET_OF, options: QUARTER_HARD, read: readRouted },
  {
    name: "GlimpRouterChatModel.stream, the same by probes",
    options: QUARTER_HARD,
    read: (address) => readRouted(address, "probe"),
  },
  {
    name: "GlimpRouterChatModel.invoke, every 4th step by large",
    options: QUARTER_HARD,
    read: invokeRouted,
  },
];

/** The client's CPU time, ours and the SDK's, for a token that a server streams. */
export const clientCpu: Bench = {
  name: "http-cpu",
  about: "CPU time of the client per streamed token, against plain ChatOpenAI.stream",
  async run() {
    const costs = await measureCosts();
    const baseline = costs.get(BASELINE) ?? [];
    const ratios = (name: string) =>
      (costs.get(name) ?? []).map((cost, round) => cost / (baseline[round] ?? Number.NaN));
    const ratio = median(ratios(TARGET_OF));
    return {
      tables: [
        {
          title: `${TOKENS} tokens a reply, one event each; ${AT_ONCE} replies at once, ${ROUNDS} rounds`,
          columns: ["", "CPU us a token", "against ChatOpenAI"],
          rows: READERS.map(({ name }) => [
            name,
            withRange(costs.get(name) ?? [], 0),
            withRange(ratios(name)),
          ]),
        },
      ],
      targets: [
        {
          what: "CPU per streamed token, every 4th step by large / ChatOpenAI.stream",
          target: "<= 1.0",
          measured: ratio.toFixed(2),
          met: ratio <= 1,
        },
      ],
    };
  },
};

/** CPU microseconds a token of each reader, by round. The readers take turns. */
async function measureCosts(): Promise<ReadonlyMap<string, readonly number[]>> {
  const costs = new Map(READERS.map(({ name }) => [name, [] as number[]]));
  const server = await startBenchServer(EASY);
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    for (const { name, options, read } of READERS) {
      await server.configure(options);
      const address = { baseURL: server.baseURL, client: name };
      const begin = process.cpuUsage();
      const characters = await Promise.all(Array.from({ length: AT_ONCE }, () => read(address)));
      const { user, system } = process.cpuUsage(begin);
      checkCharacters(name, characters);
      if (round >= 0) costs.get(name)?.push((user + system) / TOKENS / AT_ONCE);
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

async function readChat(
  address: BenchAddress,
  fields: { readonly logprobs?: boolean; readonly topLogprobs?: number },
): Promise<number> {
  const { text } = await streamReply(chatOpenAI(address, "large", fields));
  return text.length - CLOSE_LENGTH;
}

async function readRouted(
  address: BenchAddress,
  glimpse: "fused" | "probe" = "fused",
): Promise<number> {
  const { text, thought } = await streamReply(routerOver(address, { glimpse }));
  return text.length + thought.length;
}

async function invokeRouted(address: BenchAddress): Promise<number> {
  const { text, additional_kwargs } = await routerOver(address).invoke("Go.");
  return text.length + String(additional_kwargs.reasoning_content).length;
}

/** The floor: nothing but the SDK's own reading of the stream, thought and answer one after the other. */
async function readSdk(address: BenchAddress): Promise<number> {
  const { client } = openAIAccess(chatOpenAI(address, "small"), "small");
  const opened = "<|im_start|>user\nGo.<|im_end|>\n<|im_start|>assistant\n<think>\n";
  const shared = { model: "small", logprobs: 20, stream: true };
  const thought = await client.completions.create({ ...shared, prompt: opened });
  let text = "";
  for await (const chunk of thought) text += textOf(chunk);
  const closed = { ...shared, prompt: `${opened}${text}</think>\n\n`, max_tokens: 2048 };
  for await (const chunk of await client.completions.create(closed)) text += textOf(chunk);
  return text.length - CLOSE_LENGTH;
}

function textOf(chunk: unknown): string {
  const { choices } = chunk as { readonly choices: readonly { readonly text: string }[] };
  return choices[0]?.text ?? "";
}
