import type { StepWriter, TokenUsage } from "../../router/step-writer.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { spareSlot } from "../connection/spare-slot.js";

type Warm = NonNullable<StepWriter["warm"]>;

/** Servers write one token at least: llama.cpp takes 0 for 1, vLLM's chat refuses it. */
const ONE_TOKEN = { maxTokens: 1, topLogprobs: 0 };

const NEEDED = Object.assign(new Error("Somebody needs the slot."), { name: "AbortError" });

/**
 * Has a server read a thought by having it go on with it for one token, which is thrown away. Streamed, since servers
 * notice at once where a stream is left.
 *
 * @param create - the writer over one way to the server
 */
export function warmOver(
  access: OpenAIAccess,
  create: (access: OpenAIAccess) => Pick<StepWriter<never, unknown>, "write">,
): Warm {
  return (from, thought, signal) => {
    const own = new AbortController();
    const slot = spareSlot(access, () => own.abort(NEEDED));
    if (slot === null) return null;
    const read = async (): Promise<TokenUsage | undefined> => {
      const leave = (): void => own.abort(signal.reason);
      signal.addEventListener("abort", leave, { once: true });
      try {
        signal.throwIfAborted();
        let usage: TokenUsage | undefined;
        const written = create(slot.access).write(from, thought, ONE_TOKEN, own.signal);
        for await (const item of written) usage = item.usage ?? usage;
        return usage;
      } catch (error) {
        throw own.signal.aborted ? own.signal.reason : error;
      } finally {
        signal.removeEventListener("abort", leave);
        slot.free();
      }
    };
    return read();
  };
}
