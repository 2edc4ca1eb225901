import type { Role } from "../router/step-writer.js";
import { openAIAccess } from "./connection/openai-client.js";
import { isHostedApi, isWithin } from "./detect-server.js";
import { asOpenAIModel } from "./ollama/ollama-model.js";

/** Hosted APIs that complete raw text, and bill what they read; beside those that do not even do that. */
const COMPLETING_APIS = [
  "api.together.xyz",
  "api.together.ai",
  "api.fireworks.ai",
  "api.deepinfra.com",
  "router.huggingface.co",
  "api.novita.ai",
  "api.siliconflow.cn",
  "api.siliconflow.com",
  "api.hyperbolic.xyz",
  "api.sambanova.ai",
  "api.parasail.io",
  "inference.baseten.co",
  "integrate.api.nvidia.com",
  "api.studio.nebius.com",
  "api.tokenfactory.nebius.com",
];

/** The host of a model behind a hosted API that bills input; `null` for all others, as far as they are known. */
export function billingHost(model: unknown, role: Role): string | null {
  const access = openAIAccess(asOpenAIModel(model), role);
  const { hostname } = new URL(access.client.baseURL);
  const bills = isHostedApi(access) || COMPLETING_APIS.some((api) => isWithin(hostname, api));
  return bills ? hostname : null;
}
