import type { Outcome, Rule } from "../outcome.js";

/** The router's own limits in the matrix, and the models' `maxRetries`. */
export const LIMITS = { retries: 1, firstTokenMs: 3_000, stallMs: 3_000 };

export const RIGHT: Outcome = { is: "right" };

export function impossible(where: Rule["where"], why: string): Rule {
  return { where, outcome: { is: "impossible", why } };
}

export function always(outcome: Outcome): Rule {
  return { where: {}, outcome };
}

/** As often as a fault that lasts is met. */
const ALWAYS_MET = 1 + LIMITS.retries;

/** The other model writes the rest, where it may. */
function leftToOther(reason: string, where: Rule["where"] = {}): Rule {
  return {
    where: { ...where, spell: "out" },
    outcome: { is: "degraded", reason, met: ALWAYS_MET },
  };
}

/** A server's refusal that no other try changes, and that no other model hides. */
export function refused(status: number, reason = "server"): readonly Rule[] {
  return [always({ is: "error", reason, status, met: 1 })];
}

/** What is tried again: right where it passes, an error where it lasts, left to the other model where that may be. */
export function triedAgain(out: string, status?: number): readonly Rule[] {
  const failed = { is: "error", reason: "server", met: ALWAYS_MET } as const;
  return [
    { where: { spell: "once" }, outcome: RIGHT },
    leftToOther(out),
    always(status === undefined ? failed : { ...failed, status }),
  ];
}

type Retry = Exclude<Extract<Outcome, { is: "right" }>["retry"], undefined>;

/** A stream that is gone on with. */
export function goneOnWith(retry: Retry): readonly Rule[] {
  return [
    { where: { spell: "once" }, outcome: { is: "right", retry } },
    goneOnWithInVain(retry),
    always({ is: "error", reason: "stream_cut", met: ALWAYS_MET }),
  ];
}

/** Each time; then the other model goes on. */
export function goneOnWithInVain(
  retry: Retry,
  where: Rule["where"] = {},
  reason: string = retry,
): Rule {
  return {
    where: { ...where, spell: "out" },
    outcome: { is: "degraded", reason, retry, met: ALWAYS_MET },
  };
}

/** An answer in chat is asked for again where nothing of it was handed out; else another call may go on. */
export function cutInChat(
  retry: Retry,
  {
    out = retry,
    ...told
  }: { readonly out?: string; readonly reason?: string; readonly status?: number } = {},
): readonly Rule[] {
  const failed = { is: "error", reason: "stream_cut", ...told } as const;
  return [
    { where: { begun: true }, outcome: { ...failed, met: 1 } },
    { where: { spell: "once" }, outcome: { is: "right", retry } },
    goneOnWithInVain(retry, {}, out),
    always({ ...failed, met: ALWAYS_MET }),
  ];
}

/** What befalls the request for an answer in chat: none is made for one that has begun. */
export function askedInChat(rules: readonly Rule[]): readonly Rule[] {
  return [
    impossible({ begun: true }, "an answer in chat that was begun is not asked for again"),
    ...rules,
  ];
}

/** A request that stays silent. */
export function staysSilent(): readonly Rule[] {
  const why = "no request begins in mid-step; a stream that falls silent there is a stall";
  return [
    ...SILENT_IN_RENDERING,
    impossible({ moment: ["mid step", "answer"] }, why),
    impossible({ moment: "boundary", role: "large" }, why),
    impossible({ moment: "boundary", glimpse: "fused" }, why),
    ...goneOnWith("no-first-token"),
  ];
}

/** A rendering is asked for again, as any request whose reply has no thought in it yet. */
export function renderedAgain(): readonly Rule[] {
  return triedAgain("cut").map(({ where, outcome }) => ({
    where: { ...where, moment: "rendering" },
    outcome,
  }));
}

/** A rendering that takes too long is asked for again, and belongs to no stream that could be gone on with. */
export const SILENT_IN_RENDERING: readonly Rule[] = [
  { where: { moment: "rendering", spell: "once" }, outcome: RIGHT },
  leftToOther("no-first-token", { moment: "rendering" }),
  {
    where: { moment: "rendering" },
    outcome: { is: "error", reason: "stream_cut", met: ALWAYS_MET },
  },
];

/** Nobody looks at what was not asked for. */
export const NO_LOGPROBS_ASKED: readonly Rule[] = [
  impossible({ moment: "rendering" }, "a rendering has no log-probabilities"),
  impossible({ role: "large" }, "large is asked for no log-probabilities"),
  impossible({ moment: "answer" }, "an answer is asked for no log-probabilities"),
];

export const NO_STREAM: Rule = impossible({ moment: "rendering" }, "a rendering is no stream");
