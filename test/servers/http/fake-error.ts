/** A refusal of a fake's; each server has its own shape for it. */
export abstract class FakeError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  abstract get body(): unknown;
}
