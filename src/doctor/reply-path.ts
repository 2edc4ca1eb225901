/** What the headers of a reply say about the way that it came. */
export interface ReplyPath {
  /** What the body was packed with on its way, such as "gzip"; `null` for nothing. */
  readonly encoding: string | null;
  /** Who passed it on, in its own words, such as "nginx/1.22.1"; `null` where nobody says so. */
  readonly gateway: string | null;
}

/** Headers in which gateways name themselves. */
const LITELLM = "x-litellm-version";
const NAMING = ["via", "server"] as const;

/** In the last of them servers of models do, too. */
const NO_GATEWAY = /^(uvicorn|hypercorn|gunicorn|granian|llama\.cpp|werkzeug)/i;

function replyPath(headers: Headers): ReplyPath {
  const encoding = headers.get("content-encoding");
  const litellm = headers.get(LITELLM);
  const named = NAMING.map((name) => headers.get(name)).find(
    (value) => value !== null && !NO_GATEWAY.test(value),
  );
  return {
    encoding: encoding === null || encoding === "identity" ? null : encoding,
    gateway: litellm === null ? (named ?? null) : `LiteLLM ${litellm}`,
  };
}

/** Who passed a reply on, as an aside; empty where nobody says so. */
export function through(path: ReplyPath | null): string {
  const gateway = path?.gateway ?? null;
  return gateway === null ? "" : ` (the reply comes through ${gateway})`;
}

/** Sees the replies of a model's streams, whose bodies the writers read. */
export class ReplyWatch {
  /** Of the last stream that was opened; `null` where none was seen. */
  last: ReplyPath | null = null;

  /** What an attempt at a request gave: that at a stream gives the bare reply (`openStream`). */
  readonly see = (attempt: unknown): void => {
    const { reply } = (attempt ?? {}) as { readonly reply?: unknown };
    if (reply instanceof Response) this.last = replyPath(reply.headers);
  };
}
