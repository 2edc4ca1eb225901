import { FakeError } from "../http/fake-error.js";

/** An error in SGLang's own shape: not inside `error`, so the OpenAI SDK reads nothing of it. */
export class SglangError extends FakeError {
  get body(): Readonly<Record<string, unknown>> {
    const type = this.status < 500 ? "BadRequestError" : "InternalServerError";
    return { object: "error", message: this.message, type, param: null, code: this.status };
  }
}

/** A refusal of the scheduler's: HTTP 200 and an event, where a stream was asked for. */
export class SchedulerError extends SglangError {
  constructor(message: string) {
    super(400, message);
  }

  override get body(): Readonly<Record<string, unknown>> {
    return { ...super.body, type: "BAD_REQUEST" };
  }
}
