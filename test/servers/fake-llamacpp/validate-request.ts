import type { RecordedRequest } from "../http/recorded-request.js";
import { BOS } from "../script/chat-templates.js";
import { assistantPart } from "../script/scripted-model.js";
import type { FakeLlamacppState } from "./endpoints.js";
import type { LlamacppViolation } from "./fake-llamacpp-options.js";
import { LlamacppError } from "./llamacpp-error.js";

export function stopOf({ stop }: Readonly<Record<string, unknown>>): readonly string[] {
  const list: unknown[] = Array.isArray(stop) ? stop : [stop ?? ""];
  // Anything else than texts is dropped without a word; so are empty ones.
  return list.filter((text): text is string => typeof text === "string" && text !== "");
}

/**
 * Notices what a real server takes with 200 and gets wrong, and notes the prompt that the model is given.
 *
 * @throws LlamacppError 418 where the server was told to refuse it; 400 for what it refuses itself
 */
export function noticeViolations(
  record: RecordedRequest,
  given: { readonly prompt: string; readonly noticed?: readonly LlamacppViolation[] },
  { options, violations }: FakeLlamacppState,
): void {
  const { prompt, noticed = [] } = given;
  const { n, model, stream } = record.body;
  if (typeof n === "number" && n !== 1) {
    throw new LlamacppError(400, `Field 'n': Value must be between 1 <= value <= 1, but got ${n}`);
  }
  const bos = BOS[options.template];
  const written = assistantPart(prompt);
  const found: LlamacppViolation[] = [...noticed];
  if (bos !== "" && prompt.startsWith(bos)) found.push("double_bos");
  if (written.split("<think>").length > 2) found.push("second_think");
  if (/<think>\s*<\/think>/.test(written)) found.push("closed_thought");
  if (stream !== true) found.push("not_streamed");
  if (model !== undefined && model !== options.modelName) found.push("other_model");
  record.prompt = prompt;
  violations.push(...found);
  if (found.length > 0 && options.refuseViolations) {
    throw new LlamacppError(418, `The fake refuses: ${found.join(", ")}.`, "violation");
  }
}
