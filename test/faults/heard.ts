import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/** What a caller's callbacks are told of a reply. */
export class Heard extends BaseCallbackHandler {
  override readonly name = "heard";
  override readonly awaitHandlers = true;
  /** Of the custom events that tell of a model that is out. */
  readonly degraded: unknown[] = [];
  /** What the runs of the trace say of one, each at its end. */
  readonly failedRuns: unknown[] = [];
  readonly #open = new Set<string>();

  /** Runs of the trace that have not ended. */
  get openRuns(): number {
    return this.#open.size;
  }

  override handleCustomEvent(name: string, data: unknown): void {
    if (name === "glimprouter_degraded") this.degraded.push(data);
  }

  override handleChatModelStart(_model: unknown, _messages: unknown, id: string): void {
    this.#open.add(id);
  }

  override handleLLMEnd(_output: unknown, id: string): void {
    this.#open.delete(id);
  }

  override handleLLMError(_error: unknown, id: string): void {
    this.#open.delete(id);
  }

  override handleChainStart(_chain: unknown, _inputs: unknown, id: string): void {
    this.#open.add(id);
  }

  override handleChainEnd(outputs: Readonly<Record<string, unknown>>, id: string): void {
    this.#open.delete(id);
    if (outputs.end === "failed") this.failedRuns.push(outputs.degraded);
  }

  override handleChainError(_error: unknown, id: string): void {
    this.#open.delete(id);
  }
}
