/**
 * The router for everybody who speaks OpenAI's protocol.
 *
 * @module
 */

export { createHandler } from "./handler.js";
export type {
  HandlerOptions,
  ReasoningField,
  ServedReply,
  ServeLimits,
} from "./serve-options.js";
