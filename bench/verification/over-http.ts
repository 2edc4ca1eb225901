import { sglangWriter } from "../../src/writers/sglang/sglang.js";
import { vllmWriter } from "../../src/writers/vllm/vllm.js";
import { chatOpenAI } from "../http/bench-models.js";
import type { BenchServerOptions } from "../http/bench-server-options.js";
import { type BenchServer, startBenchServer } from "../http/start-bench-server.js";
import { sum } from "../statistics.js";
import { thoughtScript } from "../thought-script.js";
import type { JudgedCost } from "./judged-cost.js";
import {
  byLikelihood,
  byScore,
  type Clock,
  measureJudge,
  openPrompt,
  STEP_TOKENS,
} from "./measure-judge.js";

const READ_MS = 0.2;
const WRITE_MS = 25;
const BLOCK = 16;
const ROUNDS = 6;
const CONTEXTS = [500, 1000, 2000, 4000, 8000, 16_000];

const SHAPE = { steps: 4, tokensPerStep: STEP_TOKENS, hardEvery: 0, answerTokens: 1 };
const SERVER: BenchServerOptions = {
  shape: SHAPE,
  msPerToken: { small: WRITE_MS, large: WRITE_MS },
  msPerRequest: 0,
  prefill: { msPerToken: READ_MS, block: BLOCK },
};

const WAYS = {
  "score, vLLM": { judgeOf: byScore, writerOf: vllmWriter },
  "score, SGLang": { judgeOf: byScore, writerOf: sglangWriter },
  "likelihood, SGLang": { judgeOf: byLikelihood, writerOf: sglangWriter },
  "likelihood, vLLM": { judgeOf: byLikelihood, writerOf: vllmWriter },
};

/** Tags, the words before the filling ones, the roles. */
const PROMPT_TOKENS = 12;

/** What the judgement of a step costs at growing contexts, against large's writing of it. */
export async function judgedOverHttp({
  options = SERVER,
  most = ROUNDS,
} = {}): Promise<readonly JudgedCost[]> {
  const server = await startBenchServer(options);
  const large = chatOpenAI({ baseURL: server.baseURL, client: "verification" }, "large");
  const [thought, step] = [stepText(0), stepText(1)];
  const clock = clockAt(server);
  const costs: JudgedCost[] = [];
  try {
    for (const [name, { judgeOf, writerOf }] of Object.entries(WAYS)) {
      const writer = writerOf(large, "large");
      const measure = async (context: number, round: number) => {
        // A conversation of its own each: nothing of it is cached before.
        const filling = " word".repeat(context - STEP_TOKENS - PROMPT_TOKENS);
        const opening = await openPrompt(writer, `${name} ${context} ${round}${filling}`);
        return measureJudge({ writer, opening }, judgeOf, { thought, step }, clock);
      };
      await measure(CONTEXTS[0] ?? 0, most);
      for (const context of CONTEXTS) {
        const rounds = [];
        for (let round = 0; round < most; round++) rounds.push(await measure(context, round));
        costs.push({ name, context, rounds });
      }
    }
  } finally {
    server.close();
  }
  return costs;
}

const SCRIPT = thoughtScript(SHAPE);

function stepText(step: number): string {
  const tokens = SCRIPT.thought.slice(step * STEP_TOKENS, (step + 1) * STEP_TOKENS);
  return tokens.map(({ text }) => text).join("");
}

/** By the clock on the wall, and by what the server read and wrote meanwhile. */
function clockAt(server: BenchServer): Clock {
  return async (work) => {
    await server.report();
    const begin = performance.now();
    await work();
    const ms = performance.now() - begin;
    const requests = await server.report();
    const read = sum(requests.map((each) => each.promptTokens - each.cachedTokens));
    const written = sum(requests.map(({ tokensWritten }) => tokensWritten));
    return { ms, servedMs: read * READ_MS + written * WRITE_MS };
  };
}
