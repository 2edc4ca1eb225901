import { ContextOverflowError } from "@langchain/core/errors";
import { GlimpRouterError, type GlimpRouterErrorReason } from "../errors.js";

/** OpenAI's body of an error. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

interface ApiErrorFields {
  readonly param?: string;
  readonly code?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Something that a client is told, with its HTTP status. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly #fields: ApiErrorFields;

  constructor(status: number, message: string, fields: ApiErrorFields = {}) {
    super(message);
    this.status = status;
    this.#fields = fields;
  }

  get body(): ErrorBody {
    const { param = null, code = null } = this.#fields;
    return { error: { message: this.message, type: typeOf(this.status), param, code } };
  }

  /** OpenAI's clients try a 500 again unless they are told that it is of no use. */
  toResponse(): Response {
    const { retryAfter } = this.#fields;
    const headers = new Headers({ "x-should-retry": String(retryAfter !== undefined) });
    if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
    return Response.json(this.body, { status: this.status, headers });
  }
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** Seconds after which a server that is down may be up. */
const RETRY_AFTER = 5;

const REFUSED: Readonly<Partial<Record<GlimpRouterErrorReason, ApiErrorFields>>> = {
  context: { param: "messages", code: "context_length_exceeded" },
  invalid_input: { param: "messages", code: "invalid_value" },
  invalid_option: { code: "invalid_value" },
};

/** What a client is told of a failure: our own words, which quote no key, and never a stack. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (!GlimpRouterError.isInstance(error)) {
    return new ApiError(500, "The server failed.", { code: "internal_error" });
  }
  const { reason, status, message } = error;
  const refused = REFUSED[reason];
  if (refused !== undefined) return new ApiError(400, message, refused);
  if (reason === "aborted") return gone();
  if (reason !== "server") return new ApiError(500, message, { code: reason });
  return ofServer(message, status);
}

/** As nginx has it: the client left. Nobody reads it but who keeps count. */
const GONE = 499;

export function gone(): ApiError {
  return new ApiError(GONE, "The client left.", { code: "aborted" });
}

export function goingDown(): ApiError {
  return new ApiError(503, "The server is going down.", {
    code: "going_down",
    retryAfter: RETRY_AFTER,
  });
}

/** A model alone fails in its client's words, which may hold anything. */
export function toModelError(error: unknown, signal: AbortSignal): ApiError {
  if (error instanceof ApiError) return error;
  if (GlimpRouterError.isInstance(error)) return toApiError(error);
  if (signal.aborted) return gone();
  if (ContextOverflowError.isInstance(error)) {
    return new ApiError(400, "The prompt is too long for the model.", REFUSED.context);
  }
  const { status } = (error ?? {}) as { readonly status?: unknown };
  if (typeof status !== "number") return ofServer("The model did not answer.", undefined);
  return ofServer(`The model's server answered with HTTP ${status}.`, status);
}

/** What a server says of a request that cannot work, whoever sends it. */
const BAD_REQUEST: ReadonlySet<number> = new Set([400, 413, 422]);

function ofServer(message: string, status: number | undefined): ApiError {
  if (status === 429) {
    return new ApiError(429, message, { code: "rate_limit_exceeded", retryAfter: RETRY_AFTER });
  }
  // The server is there, and will say the same again.
  if (status !== undefined && status < 500) {
    return new ApiError(BAD_REQUEST.has(status) ? 400 : 502, message, { code: "model_refused" });
  }
  return new ApiError(503, message, { code: "model_unavailable", retryAfter: RETRY_AFTER });
}
