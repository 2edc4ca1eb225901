import { answerMessage, answerStatus } from "../connection/server-error.js";

/** Ray Serve LLM has it the other way round: "Field required at ('body', 'prompt')". */
const WANTS_PROMPT =
  /\bprompt\b[\s\S]{0,300}?required|\brequired\b.{0,60}\bprompt\b|missing field [`'"]?prompt/i;

/** Server words that are looked at, in characters. */
const LOOKED_AT = 2000;

/**
 * A `/tokenize` that wants a prompt where messages were given: of an SGLang before 0.5.12, of sglang-router, of
 * Ray Serve LLM. It renders none.
 */
export function wantsPrompt(error: unknown): boolean {
  const status = answerStatus(error);
  if (status !== 400 && status !== 422) return false;
  // sglang-router says it as plain text.
  const { message } = error as { message?: unknown };
  const said = answerMessage(error) ?? (typeof message === "string" ? message : "");
  return WANTS_PROMPT.test(said.slice(0, LOOKED_AT));
}
