import { FakeError } from "../http/fake-error.js";

type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "not_found_error"
  | "server_error"
  | "exceed_context_size_error"
  | "violation";

/** An answer in llama.cpp's error shape: `code` is a number. */
export class LlamacppError extends FakeError {
  readonly type: ErrorType;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    type: ErrorType = "invalid_request_error",
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(status, message);
    this.type = type;
    this.more = more;
  }

  get body(): unknown {
    const { message, type, status, more } = this;
    return { error: { code: status, message, type, ...more } };
  }
}
