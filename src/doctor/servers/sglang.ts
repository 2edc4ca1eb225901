import { requestJson } from "../../writers/connection/send-request.js";
import { detokenize, tokenize } from "../../writers/sglang/sglang-tokenize.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";

/** SGLang 0.5.23, from its source. */
export const sglangQuestions: ServerQuestions = {
  async version(access, signal) {
    const url = `${access.rootURL}/server_info`;
    const reply = await requestJson(access, url, undefined, signal);
    return `SGLang ${String((reply as { version?: unknown } | null)?.version ?? "of unknown version")}`;
  },
  async renderUnfinished(access, { model, messages, rendering }, signal) {
    const body = { model, messages, ...rendering, continue_final_message: true };
    return detokenize(access, model, await tokenize(access, body, signal), signal);
  },
  parsedReply,
  // Only its metrics tell, which are off by default.
  running: async () => null,
};
