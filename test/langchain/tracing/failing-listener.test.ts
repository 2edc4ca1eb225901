import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";

/** A handler whose errors are to be heard, as LangChain has it. */
class Failing extends BaseCallbackHandler {
  readonly name = "failing";
  override raiseError = true;
  override awaitHandlers = true;
  readonly error = new TypeError("The handler's own mistake.");
  readonly #fails: "run" | "custom event";

  constructor(fails: "run" | "custom event") {
    super();
    this.#fails = fails;
  }

  override handleChainStart(): void {
    if (this.#fails === "run") throw this.error;
  }

  override handleCustomEvent(): void {
    if (this.#fails === "custom event") throw this.error;
  }
}

describe.each(["run", "custom event"] as const)("a listener that fails at a %s", (fails) => {
  it.each(["invoke", "stream"])("is no failure of a model: %s", async (how) => {
    const server = await fakeVllm({ tokenDelayMs: 5 });
    const model = chatOpenAI(server);
    const router = new GlimpRouterChatModel({ small: model, large: model, continuation: "vllm" });
    const handler = new Failing(fails);
    const read = async () => {
      if (how === "invoke") return router.invoke("2+2?", { callbacks: [handler] });
      for await (const _ of await router.stream("2+2?", { callbacks: [handler] }));
    };
    await expect(read()).rejects.toBe(handler.error);
    await server.idle();
    expect(server.requests.at(-1)?.aborted).toBe(true);
  });
});
