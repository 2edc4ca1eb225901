import { invalidOption } from "./invalid-option.js";

/** A model's parts as far as they are looked at. Anything may be given. */
interface Candidate {
  readonly invoke?: unknown;
  /** What `withConfig`, `withRetry` or `bindTools` wrapped. */
  readonly bound?: unknown;
  readonly kwargs?: { readonly tools?: unknown };
  readonly config?: { readonly tools?: unknown };
  /** `ChatOpenAI` keeps what was bound here. */
  readonly defaultOptions?: { readonly tools?: unknown };
  readonly runnable?: unknown;
  readonly fallbacks?: unknown;
}

/**
 * Checks that `small` or `large` is a chat model that can be routed to.
 *
 * @throws GlimpRouterError `invalid_option` naming what to give instead
 */
export function requireChatModel(role: "small" | "large", model: unknown): void {
  const candidate = (model ?? {}) as Candidate;
  const { kwargs, config, defaultOptions } = candidate;
  if ([kwargs?.tools, config?.tools, defaultOptions?.tools].some(isFilled)) {
    throw invalidOption(
      role,
      model,
      "It has tools bound to it. Give the model without them, and bind them to the router: `router.bindTools(tools)`. Only the answer may call a tool, and both models must see them.",
    );
  }
  if (Array.isArray(candidate.fallbacks)) {
    throw invalidOption(
      role,
      model,
      "It has fallbacks, and a thought goes on with the model that began it. Give the model alone, and the fallbacks to the router: `router.withFallbacks([...])`.",
    );
  }
  // By its shape: a model from another copy of @langchain/core is as good.
  if (typeof candidate.invoke === "function" && "_streamResponseChunks" in candidate) return;
  if (candidate.bound !== undefined) {
    throw invalidOption(
      role,
      model,
      "It is a wrapper (withConfig, withRetry), whose model cannot be reached. Give the chat model itself, and its options to its constructor; retry the router: `router.withRetry()`.",
    );
  }
  throw invalidOption(
    role,
    model,
    `Give a LangChain chat model, such as new ChatOpenAI({ ... })${role === "small" ? " of a server that gives log-probabilities" : ""}.`,
  );
}

function isFilled(tools: unknown): boolean {
  return Array.isArray(tools) && tools.length > 0;
}
