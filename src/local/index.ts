export type { LocalChatModelCallOptions } from "./chat-call.js";
export {
  type EmbeddedPair,
  type EmbeddedPairName,
  type EmbeddedPairOptions,
  embeddedPair,
} from "./embedded-pair.js";
export type { Gpu } from "./engine-peer.js";
export { LocalChatModel } from "./local-chat-model.js";
export type {
  LoadProgress,
  LocalChatModelOptions,
  LocalSamplingOptions,
} from "./local-model-options.js";
