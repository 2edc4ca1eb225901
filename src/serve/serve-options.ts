import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../langchain/chat-model.js";
import type { RoutingRecord } from "../router/route-trace.js";

/** Where a client finds the thought. */
export type ReasoningField = "reasoning_content" | "reasoning" | "think-tags" | "none";

export const REASONING_FIELDS: readonly ReasoningField[] = [
  "reasoning_content",
  "reasoning",
  "think-tags",
  "none",
];

/** How much is taken at once. */
export interface ServeLimits {
  /** Of a request's body. @defaultValue 4 MiB */
  readonly bodyBytes?: number;
  /** Replies that are written at once. @defaultValue 64 */
  readonly maxConcurrency?: number;
  /** Requests that may wait for one of them to end; the next is told 429. @defaultValue 256 */
  readonly queue?: number;
}

/** What became of a request; nothing that anybody wrote. */
export interface ServedReply {
  readonly model: string;
  /** 499: the client left. Of a stream that failed under way the status that it would have had. */
  readonly status: number;
  /** Milliseconds from the request to its last byte, waiting included. */
  readonly ms: number;
  /** `null` for a model alone, and where there was no reply. */
  readonly routing: RoutingRecord | null;
  /** What the client was told, `null` where nothing failed. */
  readonly failure: string | null;
}

/** How a router is served. */
export interface ServeOptions {
  /** A bearer that each request but for `/health` and the page must carry, not empty. Absent: any key is taken, and none. */
  readonly apiKey?: string | undefined;
  /**
   * The delta's field in which the thought stands; one alone, since clients that read several show it twice. `"think-tags"`:
   * in the text, between tags; `"none"`: nowhere.
   * @defaultValue "reasoning_content"
   */
  readonly reasoningField?: ReasoningField | undefined;
  readonly limits?: ServeLimits | undefined;
  /**
   * Names, without a port, that `Host` may have: a web page whose name was pointed at this machine is refused.
   * Absent: any, for platforms that look themselves.
   */
  readonly hosts?: readonly string[] | undefined;
  /** Origin of the web pages, beside those of this server, that may ask: `"https://chat.example.org"`. Absent: none. */
  readonly cors?: string | undefined;
  /** Aborted when the server goes down: replies that are still open are ended, with an error that says so. */
  readonly closing?: AbortSignal | undefined;
  /**
   * Serves a page at `/`, on which a thought is seen as it is written. It answers without the key, and asks for it. The
   * questions of an object stand in its box, one after the other.
   * @defaultValue false
   */
  readonly page?: boolean | { readonly questions: readonly string[] } | undefined;
  /** Told of each request for a reply when it is over. */
  readonly onReply?: ((served: ServedReply) => void) | undefined;
}

/** A router, or what one is made of. */
export type HandlerOptions = ServeOptions &
  (
    | ({ readonly router: GlimpRouterChatModel } & {
        readonly [Field in keyof GlimpRouterFields]?: never;
      })
    | ({ readonly router?: undefined } & GlimpRouterFields)
  );

/** What is served, and how. */
export interface Served extends Omit<ServeOptions, "page"> {
  /** `null` for no page. */
  readonly questions: readonly string[] | null;
  readonly fields: GlimpRouterFields;
  readonly router: GlimpRouterChatModel;
  readonly reasoningField: ReasoningField;
  readonly limits: Required<ServeLimits>;
}

/** @throws GlimpRouterError `invalid_option` for the router's own options */
export function resolveServed(options: HandlerOptions): Served {
  const {
    apiKey,
    reasoningField,
    limits = {},
    hosts,
    cors,
    closing,
    onReply,
    page = false,
    router,
    ...own
  } = options;
  const fields = router === undefined ? (own as GlimpRouterFields) : fieldsOf(router);
  return {
    router: router ?? new GlimpRouterChatModel(fields),
    fields,
    apiKey,
    hosts,
    cors,
    closing,
    onReply,
    questions: typeof page === "object" ? page.questions : page ? [] : null,
    reasoningField: reasoningField ?? "reasoning_content",
    limits: {
      bodyBytes: limits.bodyBytes ?? 4 * 2 ** 20,
      maxConcurrency: limits.maxConcurrency ?? 64,
      queue: limits.queue ?? 256,
    },
  };
}

/** Core keeps what a model was constructed with. */
function fieldsOf(router: GlimpRouterChatModel): GlimpRouterFields {
  return router.lc_kwargs as GlimpRouterFields & { small: BaseChatModel; large: BaseChatModel };
}
