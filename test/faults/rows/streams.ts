import type { Fault, Strike, StruckEvent } from "../fault.js";
import type { Rule } from "../outcome.js";
import {
  always,
  cutInChat,
  goneOnWith,
  goneOnWithInVain,
  impossible,
  LIMITS,
  NO_LOGPROBS_ASKED,
  NO_STREAM,
  RIGHT,
  refused,
  renderedAgain,
  SILENT_IN_RENDERING,
  triedAgain,
} from "./declared.js";

type Chunk = Readonly<Record<string, unknown>>;

const frame = (chunk: Chunk | string) =>
  `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`;
const half = (text: string) => text.slice(0, text.length >> 1);
const DONE = "data: [DONE]\n\n";

/** Goes out in front of the event, or in place of it. */
const goesOn = (write: string): Strike => ({ write, next: "go on" });
const ends = (write: string): Strike => ({ write, next: "end" });

function withChoice({ chunk }: StruckEvent, change: Chunk): Chunk {
  const [choice] = chunk.choices as readonly Chunk[];
  return { ...chunk, choices: [{ ...choice, ...change }] };
}

const ofAnother = (event: StruckEvent, change: Chunk = {}) =>
  withChoice(event, { index: 1, text: " WRONG", ...change });

/** The log-probabilities of an event's token, changed in their JSON. */
function logprobsAs(change: (top: string) => string): (event: StruckEvent) => Strike {
  return ({ frame: text }) =>
    goesOn(text.replace(/"top_logprobs":\[\{.*?\}\]/s, (top) => change(top)));
}

const inStream = (code: unknown): Chunk => ({
  error: { message: "EngineCore encountered an issue.", type: "InternalServerError", code },
});

/** The server's own words are the better error. */
function toldInStream(out: string, status?: number): readonly Rule[] {
  const failed = { is: "error", reason: "server", met: 1 + LIMITS.retries } as const;
  return [
    ...triedAgain(out, status).map(({ where, outcome }) => ({
      where: { ...where, moment: "rendering" } as const,
      outcome,
    })),
    { where: { spell: "once" }, outcome: { is: "right", retry: "error" } },
    goneOnWithInVain("error", {}, out),
    always(status === undefined ? failed : { ...failed, status }),
  ];
}

/** Of a step, and of a probe. */
const FIRST_TOKENS = [
  { moment: "first token" },
  { moment: "boundary", role: "small", glimpse: "probe" },
] as const;

const NO_FIRST_TOKEN = { is: "right", retry: "no-first-token" } as const;

/** What breaks a stream that has begun. */
const BREAKS: readonly Fault[] = [
  {
    name: "reset after the first byte",
    about: "The connection dies in the middle of the reply.",
    way: "event",
    strike: () => ({ write: "", next: "reset" }),
    rendering: (body) => ({ write: half(body), next: "reset" }),
    outcomes: [...renderedAgain(), ...goneOnWith("cut")],
    inChat: cutInChat("cut"),
  },
  {
    name: "cut in mid-token",
    about: "The reply ends in the middle of an event.",
    way: "event",
    strike: ({ frame: text }) => ends(half(text)),
    rendering: (body) => ends(half(body)),
    outcomes: [...renderedAgain(), ...goneOnWith("cut")],
    inChat: cutInChat("cut"),
  },
  {
    name: "stall",
    about: "The server falls silent in the middle of the reply.",
    way: "event",
    strike: () => ({ write: "", next: "silence" }),
    rendering: (body) => ({ write: half(body), next: "silence" }),
    silent: true,
    outcomes: [
      ...SILENT_IN_RENDERING,
      ...FIRST_TOKENS.flatMap((where) => [
        { where: { ...where, spell: "once" } as const, outcome: NO_FIRST_TOKEN },
        goneOnWithInVain("no-first-token", where),
      ]),
      // It strikes again at the first token of the stream that goes on.
      goneOnWithInVain("stalled", {}, "no-first-token"),
      ...goneOnWith("stalled"),
    ],
    inChat: cutInChat("no-first-token"),
  },
  {
    name: "end without a finish",
    about: "The reply ends in order, and does not say why.",
    way: "event",
    strike: () => ends(""),
    outcomes: [NO_STREAM, ...goneOnWith("cut")],
    inChat: cutInChat("cut"),
  },
  {
    name: "[DONE] without a finish",
    about: "The reply says that it is over, and does not say why.",
    way: "event",
    strike: () => ends(DONE),
    outcomes: [NO_STREAM, ...goneOnWith("cut")],
    inChat: cutInChat("cut"),
  },
  {
    name: "error object, 500",
    about: "The server tells of its failure inside a reply that began with 200.",
    way: "event",
    strike: () => ends(frame(inStream(500)) + DONE),
    rendering: () => ends(JSON.stringify(inStream(500))),
    outcomes: toldInStream("server-error", 500),
    inChat: cutInChat("error", { out: "server-error", reason: "server", status: 500 }),
  },
  {
    name: "error object without a code",
    about: "The same, without a number.",
    way: "event",
    strike: () => ends(frame(inStream(null)) + DONE),
    rendering: () => ends(JSON.stringify(inStream(null))),
    outcomes: toldInStream("error"),
    inChat: cutInChat("error", { reason: "server" }),
  },
  {
    name: "error object, 400",
    about: "The server refuses the request inside a reply that began with 200.",
    way: "event",
    strike: () => ends(frame(inStream(400)) + DONE),
    rendering: () => ends(JSON.stringify(inStream(400))),
    outcomes: refused(400),
    inChat: refused(400),
  },
  {
    name: "invalid JSON",
    about: "An event, or the whole reply, is no JSON.",
    way: "event",
    strike: () => goesOn(frame('{"choices": [{"text": oops')),
    rendering: () => ends('{"tokens": oops'),
    outcomes: [...renderedAgain(), always({ is: "error", reason: "server", met: 1 })],
    inChat: [always({ is: "error", reason: "server", met: 1 })],
  },
];

/** Ends that are none, and what is odd in a stream that goes on. */
const ODD: readonly Fault[] = [
  {
    name: "content_filter",
    about: "The provider withholds the rest.",
    way: "event",
    strike: (event) =>
      ends(frame(withChoice(event, { text: "", finish_reason: "content_filter" })) + DONE),
    outcomes: [NO_STREAM, always({ is: "error", reason: "server", met: 1 })],
  },
  {
    name: "unknown finish",
    about: "The reply ends for a reason that nobody knows.",
    way: "event",
    strike: (event) => ends(frame(withChoice(event, { text: "", finish_reason: "tired" })) + DONE),
    outcomes: [NO_STREAM, always({ is: "error", reason: "server", met: 1 })],
  },
  {
    name: "text behind a finish",
    about: "Text comes behind the end.",
    way: "behind",
    write: frame({ choices: [{ index: 0, text: " WRONG", logprobs: null, finish_reason: null }] }),
    harmless: true,
    outcomes: [
      NO_STREAM,
      impossible(
        { role: "small", glimpse: "fused", moment: ["first token", "mid step", "boundary"] },
        "a fused stream is left before its end",
      ),
      always(RIGHT),
    ],
  },
  {
    name: "events of another choice",
    about: "Text of a second choice, which nobody asked for, comes between.",
    way: "event",
    strike: (event) =>
      goesOn(
        frame(ofAnother(event)) + frame(ofAnother(event, { finish_reason: "stop" })) + event.frame,
      ),
    harmless: true,
    outcomes: [NO_STREAM, always(RIGHT)],
  },
  {
    name: "empty choices",
    about: "An event has no choice.",
    way: "event",
    strike: ({ chunk, frame: text }) => goesOn(frame({ ...chunk, choices: [] }) + text),
    harmless: true,
    outcomes: [NO_STREAM, always(RIGHT)],
  },
  {
    name: "doubled choices",
    about: "An event has its choice twice.",
    way: "event",
    strike: ({ chunk }) => {
      const [choice] = chunk.choices as readonly Chunk[];
      return goesOn(frame({ ...chunk, choices: [choice, choice] }));
    },
    harmless: true,
    outcomes: [NO_STREAM, always(RIGHT)],
  },
  {
    name: "usage nonsense",
    about: "The server's count of tokens is no number, or below zero.",
    way: "event",
    strike: ({ chunk }) =>
      goesOn(frame({ ...chunk, usage: { prompt_tokens: -1e6, completion_tokens: "many" } })),
    harmless: true,
    outcomes: [NO_STREAM, always(RIGHT)],
  },
];

/** At a token that is no glimpse nobody looks at them. */
const NO_GLIMPSE = { where: { moment: "mid step" }, outcome: RIGHT } as const;

/** A first probe without any is asked for once more, in another way: some servers give them in whole replies alone. */
const PROBED_ANOTHER_WAY = [
  impossible(
    { moment: "first token", glimpse: "probe", spell: ["lasting", "out"] },
    "a server whose first probe has none is asked for whole replies from then on",
  ),
  {
    where: { moment: "first token", glimpse: "probe" },
    outcome: { is: "right", more: 1 },
  },
] as const;

const LOGPROBS: readonly Fault[] = [
  {
    name: "log-probabilities null",
    about: "The server gives no log-probabilities for a token.",
    way: "event",
    strike: (event) => goesOn(frame(withChoice(event, { logprobs: null }))),
    outcomes: [
      ...NO_LOGPROBS_ASKED,
      NO_GLIMPSE,
      ...PROBED_ANOTHER_WAY,
      always({ is: "error", reason: "no_logprobs", status: 400, met: 1 }),
    ],
  },
  {
    name: "log-probabilities missing",
    about: "The field is not there.",
    way: "event",
    strike: (event) => goesOn(frame(withChoice(event, { logprobs: undefined }))),
    outcomes: [
      ...NO_LOGPROBS_ASKED,
      NO_GLIMPSE,
      ...PROBED_ANOTHER_WAY,
      always({ is: "error", reason: "no_logprobs", status: 400, met: 1 }),
    ],
  },
  {
    name: "log-probabilities NaN",
    about: "A log-probability is no number.",
    way: "event",
    strike: logprobsAs((top) => top.replace(/:-?\d[\d.e-]*/, ":NaN")),
    outcomes: [
      ...NO_LOGPROBS_ASKED,
      NO_GLIMPSE,
      always({ is: "error", reason: "bad_logprobs", met: 1 }),
    ],
  },
  {
    name: "log-probabilities positive",
    about: "A probability is above one.",
    way: "event",
    strike: logprobsAs((top) => top.replace(/:-?\d[\d.e-]*/, ":1.5")),
    outcomes: [
      ...NO_LOGPROBS_ASKED,
      NO_GLIMPSE,
      always({ is: "error", reason: "bad_logprobs", met: 1 }),
    ],
  },
];

export const STREAMS: readonly Fault[] = [...BREAKS, ...ODD, ...LOGPROBS];
