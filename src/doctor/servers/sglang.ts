import { requestJson } from "../../writers/connection/send-request.js";
import { sglangServer } from "../../writers/sglang/sglang-server.js";
import { detokenize, tokenize } from "../../writers/sglang/sglang-tokenize.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";

/** SGLang 0.5.23. */
export const sglangQuestions: ServerQuestions = {
  async version(access, signal) {
    const { version, isRust } = await sglangServer(access, signal);
    const frontEnd = isRust ? ", Rust front end" : "";
    return `SGLang ${version ?? "of unknown version"}${frontEnd}`;
  },
  async renderUnfinished(access, { model, messages, rendering }, signal) {
    const body = { model, messages, ...rendering, continue_final_message: true };
    return detokenize(access, model, await tokenize(access, body, signal), signal);
  },
  parsedReply,
  async running(access, _model, signal) {
    const reply = await requestJson(access, "/loads", undefined, signal);
    const { loads } = (reply ?? {}) as { loads?: readonly { num_running_reqs?: unknown }[] };
    if (!Array.isArray(loads)) return null;
    return loads.reduce((sum, { num_running_reqs }) => sum + Number(num_running_reqs ?? 0), 0);
  },
  async speculates(access, _model, signal) {
    const reply = await requestJson(access, `${access.rootURL}/server_info`, undefined, signal);
    const { speculative_algorithm: how } = (reply ?? {}) as { speculative_algorithm?: unknown };
    return how === undefined ? null : how !== null;
  },
};
