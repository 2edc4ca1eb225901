import type { OpenAIAccess } from "../../writers/connection/openai-client.js";
import { requestJson } from "../../writers/connection/send-request.js";
import { parsedReply } from "./parsed-reply.js";
import type { ServerQuestions } from "./server-questions.js";

/** llama.cpp's `llama-server`, 0.5. */
export const llamacppQuestions: ServerQuestions = {
  async version(access, signal) {
    const reply = await requestJson(access, `${access.rootURL}/props`, undefined, signal);
    const { build_info } = (reply ?? {}) as { build_info?: unknown };
    return `llama.cpp ${String(build_info ?? "of unknown build")}`;
  },
  async renderUnfinished(access, { messages, rendering }, signal) {
    const body = { messages, ...rendering };
    const reply = await requestJson(access, `${access.rootURL}/apply-template`, body, signal);
    return String((reply as { prompt?: unknown } | null)?.prompt ?? "");
  },
  parsedReply,
  async running(access, _model, signal) {
    const slots = await slotsOf(access, signal);
    return slots === null ? null : slots.filter((slot) => slot.is_processing === true).length;
  },
  async speculates(access, _model, signal) {
    const told = (await slotsOf(access, signal))?.map(({ speculative }) => speculative);
    return told?.every((each) => typeof each === "boolean") ? told.includes(true) : null;
  },
};

type Slot = Readonly<Partial<Record<"is_processing" | "speculative", unknown>>>;

async function slotsOf(access: OpenAIAccess, signal: AbortSignal): Promise<readonly Slot[] | null> {
  const slots = await requestJson(access, `${access.rootURL}/slots`, undefined, signal);
  return Array.isArray(slots) ? slots : null;
}
