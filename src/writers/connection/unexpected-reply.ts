/** A reply with status 200 that is not what was asked for: a web page, or JSON where a stream was due. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  readonly status: number;

  constructor(status: number, contentType: string, text: string) {
    super(`${contentType || "a reply without content type"}: ${text}`);
    this.status = status;
  }
}
