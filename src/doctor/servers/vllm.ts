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
    const metrics = await requestJson(access, `${access.rootURL}/metrics`, undefined, signal);
    return typeof metrics === "string" ? runningRequests(metrics, String(model)) : null;
  },
  priority: vllmPriority,
};

/** The sum of a gauge in Prometheus' text format; one line for each engine. */
function runningRequests(metrics: string, model: string): number | null {
  const gauges = metrics
    .split("\n")
    .filter((line) => line.startsWith("vllm:num_requests_running{"))
    .filter((line) => line.includes(`model_name="${model}"`))
    .map((line) => Number(line.split(" ").at(-1)));
  return gauges.length === 0 ? null : gauges.reduce((sum, value) => sum + value, 0);
}
