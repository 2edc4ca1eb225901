import type { RecordedRequest } from "../http/recorded-request.js";
import { BOS, type TemplateName } from "../script/chat-templates.js";
import { assistantPart } from "../script/scripted-model.js";
import type { Violation } from "./fake-vllm-options.js";
import { VllmError } from "./vllm-error.js";

export type ViolationLog = { readonly violation: Violation; readonly prompt: string }[];

/**
 * Notices what a real server takes with 200 and gets wrong, and notes the prompt that the model is given.
 *
 * @throws VllmError 418 where the server was told to refuse it
 */
export function noticeViolations(
  record: RecordedRequest,
  from: {
    readonly prompt: string;
    readonly template: TemplateName;
    readonly refuseViolations?: boolean;
  },
  log: ViolationLog,
): void {
  const { prompt } = from;
  const bos = BOS[from.template];
  const addsBos = record.path.endsWith("/chat/completions")
    ? record.body.add_special_tokens === true
    : record.body.add_special_tokens !== false;
  const written = assistantPart(prompt);
  const found: Violation[] = [];
  if (bos !== "" && (prompt.startsWith(bos + bos) || (addsBos && prompt.startsWith(bos)))) {
    found.push("double_bos");
  }
  if (written.split("<think>").length > 2) found.push("second_think");
  if (/<think>\s*<\/think>/.test(written)) found.push("closed_thought");
  if (record.body.stream !== true) found.push("not_streamed");
  record.prompt = prompt;
  log.push(...found.map((violation) => ({ violation, prompt })));
  if (found.length > 0 && from.refuseViolations) {
    throw new VllmError(418, `The fake refuses: ${found.join(", ")}.`, "Violation");
  }
}
