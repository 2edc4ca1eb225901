/** A request that was not made: the model's server has failed too often in a row. */
export class ServerIsOut extends Error {
  override readonly name = "ServerIsOut";

  /** @param cause - what the last request failed with */
  constructor(failures: number, cause: unknown) {
    super(`it is not asked at the moment, since its last ${failures} requests failed`, { cause });
  }
}
