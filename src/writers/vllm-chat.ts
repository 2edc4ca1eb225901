import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../router/step-writer.js";

export function vllmChatWriter(_model: unknown, role: Role): StepWriter<ThoughtPrompt> {
  throw new GlimpRouterError("vllm-chat comes next.", { reason: "invalid_option", role });
}
