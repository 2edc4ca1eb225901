import type { AIMessageChunk } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import type {
  GlimpRouterCallOptions,
  GlimpRouterChatModel,
  GlimpRouterMessage,
} from "../../../src/index.js";

type Options = Partial<GlimpRouterCallOptions>;

/** A way to have a reply whole. */
export type WholeReply = (
  model: GlimpRouterChatModel,
  prompt: string,
  options?: Options,
) => Promise<GlimpRouterMessage>;

async function ofEvents(
  version: "v1" | "v2",
  model: GlimpRouterChatModel,
  prompt: string,
  options: Options,
): Promise<GlimpRouterMessage> {
  let last: unknown;
  for await (const event of model.streamEvents(prompt, { ...options, version })) {
    if (event.event.endsWith("_end")) last = event.data.output;
  }
  const { generations } = last as { generations?: [[{ message: GlimpRouterMessage }]] };
  return generations?.[0][0].message ?? (last as GlimpRouterMessage);
}

/** Every way that a chat model has, by its name. */
export const WHOLE_REPLIES: Readonly<Record<string, WholeReply>> = {
  invoke: (model, prompt, options) => model.invoke(prompt, options),

  "stream, merged": async (model, prompt, options) => {
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream(prompt, options)) {
      whole = whole === undefined ? chunk : concat(whole, chunk as AIMessageChunk);
    }
    if (whole === undefined) throw new Error("The stream was empty.");
    return whole;
  },

  "streamEvents v1": (model, prompt, options = {}) => ofEvents("v1", model, prompt, options),

  "streamEvents v2": (model, prompt, options = {}) => ofEvents("v2", model, prompt, options),

  "streamEvents without version": async (model, prompt, options) =>
    (await model.streamEvents(prompt, options).output) as GlimpRouterMessage,
};
