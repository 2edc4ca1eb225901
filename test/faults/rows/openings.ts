import type { Fault } from "../fault.js";
import { always, askedInChat, RIGHT, refused, staysSilent, triedAgain } from "./declared.js";

function said(message: string, code: number): string {
  return JSON.stringify({ error: { message, type: "Error", param: null, code } });
}

function answered(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Pick<Extract<Fault, { way: "opening" }>, "way" | "opening"> {
  return { way: "opening", opening: { status, headers, body: said(message, status) } };
}

/** A name that is too long for any: asked for nowhere. */
const NO_NAME = `${"x".repeat(64)}.invalid`;

/** What befalls a request before its reply begins. */
export const OPENINGS: readonly Fault[] = [
  {
    name: "429 with Retry-After",
    about: "The server limits the rate, and says when to come back.",
    ...answered(429, "Rate limit reached.", { "retry-after": "1" }),
    outcomes: triedAgain("rate-limit", 429),
  },
  {
    name: "429 without Retry-After",
    about: "The server limits the rate, and does not say for how long.",
    ...answered(429, "Rate limit reached."),
    outcomes: triedAgain("rate-limit", 429),
    inChat: askedInChat(triedAgain("rate-limit", 429)),
  },
  ...[
    [500, "The server failed"],
    [502, "A gateway got no good answer"],
    [503, "The server is overloaded, or starts"],
    [529, "The provider is overloaded"],
  ].map(
    ([status, about]): Fault => ({
      name: `${status}`,
      about: `${about}.`,
      ...answered(Number(status), "Try again later."),
      outcomes: triedAgain("server-error", Number(status)),
      ...(status === 503 ? { inChat: askedInChat(triedAgain("server-error", 503)) } : {}),
    }),
  ),
  {
    name: "connection refused",
    about: "Nobody listens at the address.",
    way: "address",
    // Port 9, "discard": nobody has it any more.
    addressOf: ({ pathname }) => `http://127.0.0.1:9${pathname}`,
    outcomes: triedAgain("connection"),
  },
  {
    name: "DNS",
    about: "The server's name is not found.",
    way: "address",
    addressOf: ({ pathname }) => `http://${NO_NAME}${pathname}`,
    outcomes: triedAgain("connection"),
  },
  {
    name: "TLS",
    about: "The encrypted connection cannot be made.",
    way: "address",
    addressOf: ({ host, pathname }) => `https://${host}${pathname}`,
    outcomes: triedAgain("connection"),
  },
  {
    name: "reset before the first byte",
    about: "The connection dies before anything of the reply came.",
    way: "opening",
    opening: "reset",
    outcomes: triedAgain("connection"),
    inChat: askedInChat(triedAgain("connection")),
  },
  {
    name: "accepted and silent",
    about: "The server takes the request, and never answers.",
    way: "opening",
    opening: "silence",
    silent: true,
    outcomes: staysSilent(),
  },
  {
    name: "headers and silent",
    about: "The reply begins with its headers, and nothing follows.",
    way: "opening",
    opening: "headers",
    silent: true,
    outcomes: staysSilent(),
  },
  {
    name: "HTML with 200",
    about: "A web page comes in place of the reply: a proxy, a log-in page.",
    way: "opening",
    opening: {
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: "<!doctype html><title>Welcome</title><p>Please log in.</p>",
    },
    outcomes: [
      // Something else answers there than the server: rendered by a chat request instead.
      { where: { moment: "rendering" }, outcome: RIGHT },
      always({ is: "error", reason: "server", met: 1 }),
    ],
  },
  {
    name: "context overflow",
    about: "The server finds the prompt too long for the model.",
    ...answered(
      400,
      "This model's maximum context length is 512 tokens. However, your prompt contains at least 513 input tokens.",
    ),
    outcomes: refused(400, "context"),
  },
  {
    name: "404 model",
    about: "The server does not know the model.",
    ...answered(404, "The model `small` does not exist."),
    outcomes: refused(404),
  },
  {
    name: "401",
    about: "The server does not take the key.",
    ...answered(401, "Invalid API key."),
    outcomes: refused(401),
  },
  {
    name: "redirect to another host",
    about: "The server sends the client elsewhere. The key does not go there.",
    way: "opening",
    opening: (elsewhere) => ({ status: 307, headers: { location: elsewhere }, body: "" }),
    outcomes: refused(401),
  },
];
