import type { OpenAIAccess } from "../../writers/connection/openai-client.js";
import { requestJson } from "../../writers/connection/send-request.js";
import { promptTextOfChat } from "../../writers/vllm/prompt-text-of-chat.js";
import { tokenizeDetokenize } from "../../writers/vllm/tokenize-detokenize.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";
import { vllmPriority } from "./vllm-priority.js";

/** vLLM 0.32. */
export const vllmQuestions: ServerQuestions = {
  async version(access, signal) {
    const url = `${access.rootURL}/version`;
    const reply = await requestJson(access, url, undefined, signal);
    return `vLLM ${String((reply as { version?: unknown } | null)?.version ?? "of unknown version")}`;
  },
  async renderUnfinished(access, request, signal) {
    const render = tokenizeDetokenize(access, promptTextOfChat(access));
    return (await render({ ...request, continueFinalMessage: true }, signal)).text;
  },
  parsedReply,
  async running(access, model, signal) {
    return sumOf(RUNNING, await metricsOf(access, signal), String(model));
  },
  async speculates(access, model, signal) {
    const metrics = await metricsOf(access, signal);
    if (sumOf(RUNNING, metrics, String(model)) === null) return null;
    // There is such a counter only where something drafts.
    return sumOf(DRAFTS, metrics, String(model)) !== null;
  },
  priority: vllmPriority,
};

const RUNNING = "vllm:num_requests_running";
const DRAFTS = "vllm:spec_decode_num_drafts_total";

async function metricsOf(access: OpenAIAccess, signal: AbortSignal): Promise<string> {
  const metrics = await requestJson(access, `${access.rootURL}/metrics`, undefined, signal);
  return typeof metrics === "string" ? metrics : "";
}

/** The sum of a metric in Prometheus' text format, one line for each engine; `null` where there is none. */
function sumOf(name: string, metrics: string, model: string): number | null {
  const values = metrics
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`))
    .filter((line) => line.includes(`model_name="${model}"`))
    .map((line) => Number(line.split(" ").at(-1)));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
