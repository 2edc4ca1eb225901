import { FakeError } from "../http/fake-error.js";

/** An error in SGLang's own shape: not inside `error`, so the OpenAI SDK reads nothing of it. */
export class SglangError extends FakeError {
  get body(): Readonly<Record<string, unknown>> {
    const type = this.status < 500 ? "BadRequestError" : "InternalServerError";
    return { object: "error", message: this.message, type, param: null, code: this.status };
  }
}
