import { GlimpRouterError } from "../../errors.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import type { ResolvedOptions } from "./chat-model-options.js";

/**
 * Refuses tools and response formats where a model that may write the answer cannot follow them, before
 * anything is spent.
 *
 * @throws GlimpRouterError `invalid_option` naming the model and its continuation
 */
export function checkAnswerers(
  writers: Readonly<Record<Role, StepWriter<never>>>,
  { thinking, answerBy }: Pick<ResolvedOptions, "thinking" | "answerBy">,
): void {
  const roles = thinking === false ? (["small", "large"] as const) : ([answerBy] as const);
  for (const role of roles) {
    const { answer, kind } = writers[role];
    if (answer !== undefined) continue;
    const other = role === "large" ? "small" : "large";
    throw new GlimpRouterError(
      `The ${role} model cannot answer with tools or in a response format: its continuation ${JSON.stringify(kind)} writes text alone. Use a model on a vLLM, llama.cpp or SGLang server, as large one that has \`bindTools\` (\`continuation: "ask"\`)${thinking === false ? "" : `, let the other one answer (\`answerBy: "${other}"\`)`}, or call the router without tools and response format.`,
      { reason: "invalid_option", role },
    );
  }
}
