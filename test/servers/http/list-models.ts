/** What /v1/models says on a server with one model. */
export function listModels(model: {
  readonly id: string;
  readonly owned_by: string;
  readonly [more: string]: unknown;
}): object {
  return { object: "list", data: [{ object: "model", ...model }] };
}
