import type { ServerResponse } from "node:http";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { ServedRequest } from "./bench-server-options.js";
import {
  endFrame,
  type FramedToken,
  REPLY_MARK,
  ROLE_FRAME,
  usageFrame,
  usageTail,
} from "./event-frames.js";

let replies = 0;

/** One reply, each token at its own time: a late one does not delay those behind it. */
export class PacedStream {
  readonly #response: ServerResponse;
  readonly #path: string;
  readonly #tokens: readonly FramedToken[];
  readonly #msPerToken: number;
  readonly #prompt: { readonly tokens: number; readonly cached: number | null };
  readonly #maxTokens: number;
  readonly #stop: ReadonlySet<unknown>;
  readonly #frame: "chat" | "chatWithLogprobs" | "completion" | "completionWithLogprobs";
  readonly #runningUsage: boolean;
  readonly #thenInstead: ((response: ServerResponse) => void) | undefined;
  readonly #number = String(replies++);
  #closed = false;
  #written = 0;
  /** How many were written, and when, as a fused stream's last token went out. */
  #ending: { readonly written: number; readonly at: number } | null = null;
  #msToAbort: number | null = null;

  constructor(
    response: ServerResponse,
    from: {
      readonly path: string;
      readonly body: Readonly<Record<string, unknown>>;
      readonly tokens: readonly FramedToken[];
      readonly msPerToken: number;
      readonly prompt: { readonly tokens: number; readonly cached: number | null };
      /** What happens when its tokens are used up. @defaultValue it ends */
      readonly thenInstead?: ((response: ServerResponse) => void) | undefined;
    },
  ) {
    const { path, body } = from;
    const logprobs = typeof body.logprobs === "number" || body.logprobs === true;
    const chat = path.endsWith("/chat/completions");
    this.#response = response;
    this.#path = path;
    this.#tokens = from.tokens;
    this.#msPerToken = from.msPerToken;
    this.#prompt = from.prompt;
    this.#maxTokens = typeof body.max_tokens === "number" ? body.max_tokens : Number.MAX_VALUE;
    this.#stop = new Set(Array.isArray(body.stop) ? body.stop : []);
    this.#frame = `${chat ? "chat" : "completion"}${logprobs ? "WithLogprobs" : ""}`;
    this.#runningUsage = hasRunningUsage(body);
    this.#thenInstead = from.thenInstead;
    response.once("close", () => this.#close());
  }

  async write(): Promise<
    Omit<ServedRequest, "client" | "model" | "path" | "promptTokens" | "cachedTokens">
  > {
    this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    if (this.#path.endsWith("/chat/completions")) this.#response.write(ROLE_FRAME);
    const finish = await this.#writeTokens();
    const aborted = this.#closed;
    const isUsedUp = finish.reason === "stop" && finish.stop === null;
    if (!aborted && isUsedUp && this.#thenInstead !== undefined) this.#thenInstead(this.#response);
    else if (!aborted) this.#end(finish);
    return {
      tokensWritten: this.#written,
      aborted,
      tokensWasted: aborted && this.#ending !== null ? this.#written - this.#ending.written : 0,
      msToAbort: aborted ? this.#msToAbort : null,
    };
  }

  /** Returns the stop string that ended the reply, or another reason. */
  async #writeTokens(): Promise<{ reason: "stop" | "length"; stop: string | null }> {
    const begin = performance.now();
    for (const token of this.#tokens) {
      if (this.#written >= this.#maxTokens) return { reason: "length", stop: null };
      await this.#waitUntil(begin + (this.#written + 1) * this.#msPerToken);
      if (this.#closed) break;
      this.#writeToken(token);
      if (this.#stop.has(token.text)) return { reason: "stop", stop: token.text };
    }
    return { reason: "stop", stop: null };
  }

  async #waitUntil(due: number): Promise<void> {
    const wait = this.#msPerToken === 0 ? 0 : due - performance.now();
    if (wait > 0) await sleep(wait);
    // At full speed too, a reader must have its turn: an abort could not be heard otherwise.
    else await turn();
  }

  #writeToken(token: FramedToken): void {
    this.#written++;
    const tail = this.#runningUsage ? usageTail(this.#prompt.tokens, this.#written) : "}\n\n";
    this.#response.write(token[this.#frame].replaceAll(REPLY_MARK, this.#number) + tail);
    if (token.endsFused && this.#ending === null) {
      this.#ending = { written: this.#written, at: performance.now() };
    }
  }

  #end({ reason, stop }: { reason: "stop" | "length"; stop: string | null }): void {
    const tail = this.#runningUsage ? usageTail(this.#prompt.tokens, this.#written) : "}\n\n";
    const { tokens, cached } = this.#prompt;
    const end = endFrame(this.#path, reason, stop) + tail;
    this.#response.end(end + usageFrame(tokens, this.#written, cached));
  }

  #close(): void {
    this.#closed = true;
    if (this.#ending !== null) this.#msToAbort = performance.now() - this.#ending.at;
  }
}

function hasRunningUsage({ stream_options }: Readonly<Record<string, unknown>>): boolean {
  const { continuous_usage_stats } = (stream_options ?? {}) as Record<string, unknown>;
  return continuous_usage_stats === true;
}
