import { FakeError } from "../http/fake-error.js";

/** An answer in vLLM's error shape. */
export class VllmError extends FakeError {
  readonly type: string;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    type = "BadRequestError",
    param: string | null = null,
  ) {
    super(status, message);
    this.type = type;
    this.param = param;
  }

  get body(): unknown {
    const { message, type, param, status } = this;
    return { error: { message, type, param, code: status } };
  }
}
