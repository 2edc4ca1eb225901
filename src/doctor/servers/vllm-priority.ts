import type { OpenAIAccess } from "../../writers/connection/openai-client.js";
import { openStream, requestJson } from "../../writers/connection/send-request.js";
import { answerMessage, answerStatus, quoteFor } from "../../writers/connection/server-error.js";

const START_SO = "`--scheduling-policy priority` lets hand-offs go before new work";

/**
 * Does vLLM's scheduler heed a priority? Its configuration tells, which it shows to developers only
 * (`VLLM_SERVER_DEV_MODE=1`). Else a request tells whether it is refused: vLLM 0.32 takes it under either policy.
 */
export async function vllmPriority(
  access: OpenAIAccess,
  model: unknown,
  signal: AbortSignal,
): Promise<string> {
  const policy = await schedulingPolicy(access, signal);
  if (policy === "priority") return "its scheduler goes by it: `continuationPriority` works";
  if (policy !== null) return `its scheduler goes by ${policy}: ${START_SO}`;
  const body = { model, prompt: "1", max_tokens: 1, priority: -1, stream: true };
  try {
    for await (const _chunk of await openStream(access, "completions", body, signal));
    return `taken; vLLM does not tell whether its scheduler goes by it: ${START_SO}`;
  } catch (error) {
    if (signal.aborted || answerStatus(error) === null) throw error;
    const said = quoteFor(access, answerMessage(error) ?? `status ${answerStatus(error)}`);
    return `refused (${said}): ${START_SO}`;
  }
}

/** `null` where it is not shown. */
async function schedulingPolicy(access: OpenAIAccess, signal: AbortSignal): Promise<string | null> {
  try {
    const url = `${access.rootURL}/server_info?config_format=json`;
    const reply = (await requestJson(access, url, undefined, signal)) as {
      vllm_config?: { scheduler_config?: { policy?: unknown } };
    } | null;
    const policy = reply?.vllm_config?.scheduler_config?.policy;
    return typeof policy === "string" ? policy : null;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}
