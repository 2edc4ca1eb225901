import { expect, inject } from "vitest";
import type { GlimpRouterChatModel } from "../../../src/index.js";

/** Gives a chain up in the middle of its thought, as a user does who closes the page. */
export async function abortAChain(router: GlimpRouterChatModel, index: number): Promise<void> {
  const controller = new AbortController();
  const { prompt } = inject("reference").problems[index] ?? { prompt: "" };
  const stream = await router.stream(prompt, { signal: controller.signal });
  const read = async () => {
    let chunks = 0;
    for await (const _chunk of stream) if (++chunks === 12) controller.abort();
  };
  await expect(read()).rejects.toThrow(/abort/i);
}
