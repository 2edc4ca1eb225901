import { type Echo, everything, KEY } from "./canary.js";

/** `/tokenize` and the like work, so that a stream is opened. */
function rendersThen(echo: Echo): Echo {
  return (headers, url, body) => {
    const { pathname } = new URL(url);
    if (pathname.endsWith("/apply-template")) return Response.json({ prompt: "Q:" });
    if (pathname.endsWith("/detokenize")) return Response.json({ prompt: "Q:", text: "Q:" });
    if (pathname.endsWith("/tokenize")) return Response.json({ tokens: [1], count: 1 });
    if (pathname.endsWith("/props")) return Response.json({});
    if (pathname.endsWith("/models")) return Response.json({ data: [] });
    return echo(headers, url, body);
  };
}

function events(...events: readonly object[]): Response {
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** The ways in which a server says what it was sent. */
export const ECHOES: Readonly<Record<string, Echo>> = {
  "F20: a message of 401": (headers, url, body) =>
    Response.json({ error: { message: everything(headers, url, body) } }, { status: 401 }),
  "F20: a message in JSON, without an error field": (headers, url, body) =>
    Response.json({ object: "error", message: everything(headers, url, body) }, { status: 404 }),
  "a refusal of fields of the body": rendersThen((_headers, _url, body) => {
    const fields = body.slice(Math.max(0, body.indexOf('"api_key"')));
    return Response.json({ error: { message: `Unknown: ${fields}` } }, { status: 422 });
  }),
  "F20: a body that is no JSON": (headers, url, body) =>
    new Response(everything(headers, url, body), { status: 502 }),
  "F20: a web page": (headers, url, body) =>
    new Response(everything(headers, url, body), { headers: { "content-type": "text/html" } }),
  "F22: a field beside a harmless message": (headers, url, body) =>
    Response.json(
      { error: { message: "No.", param: everything(headers, url, body), code: `Bearer ${KEY}` } },
      { status: 400 },
    ),
  "F22: a header": (headers, _url, body) =>
    Response.json(
      { error: { message: "No." } },
      {
        status: 500,
        headers: { "x-echo": everything(headers, "http://h", body), "x-request-id": KEY },
      },
    ),
  "F21: the end of a stream": rendersThen((headers, url, body) =>
    events({ choices: [{ index: 0, text: "", finish_reason: everything(headers, url, body) }] }),
  ),
  "F20: an error in a stream": rendersThen((headers, url, body) =>
    events({ error: { message: everything(headers, url, body), code: KEY, type: KEY } }),
  ),
  "F20: an event that is no JSON": rendersThen(
    () =>
      new Response(`data: Bearer ${KEY}\n\n`, { headers: { "content-type": "text/event-stream" } }),
  ),
  "F21: a refusal of messages without a prompt": () =>
    Response.json(
      { error: { message: `prompt: field required (Bearer ${KEY})` } },
      { status: 400 },
    ),
  "F20: a refusal to continue a message": () =>
    Response.json(
      { error: { message: `continue_final_message is not for ${KEY}` } },
      { status: 400 },
    ),
  "F20: a reply that lacks what it should have": (headers, url, body) =>
    Response.json({ said: everything(headers, url, body) }),
  "F20: a token": rendersThen(() => {
    const logprobs = { tokens: [KEY], token_logprobs: [0.5], top_logprobs: [{ [KEY]: 0.5 }] };
    return events({ choices: [{ index: 0, text: "a", logprobs }] });
  }),
  "F20: a connection that breaks": (headers, url, body) => {
    throw new TypeError("fetch failed", { cause: new Error(everything(headers, url, body)) });
  },
};
