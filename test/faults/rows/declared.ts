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

/** A server's refusal that no other try changes. */
export function refused(status: number, reason = "server"): readonly Rule[] {
  return [always({ is: "error", reason, status, met: 1 })];
}

/**
 * What is tried again: right where it passes, an error where it lasts.
 * Item 2 of issue 18 (`onFailure`) changes "lasting" for small: right and degraded.
 */
export function triedAgain(status?: number): readonly Rule[] {
  const failed = { is: "error", reason: "server", met: 1 + LIMITS.retries } as const;
  return [
    { where: { spell: "once" }, outcome: RIGHT },
    always(status === undefined ? failed : { ...failed, status }),
  ];
}

type Retry = Exclude<Extract<Outcome, { is: "right" }>["retry"], undefined>;

/** A stream that is gone on with. Item 2 of issue 18 (`onFailure`) changes "lasting" for small. */
export function goneOnWith(retry: Retry): readonly Rule[] {
  return [
    { where: { spell: "once" }, outcome: { is: "right", retry } },
    always({ is: "error", reason: "stream_cut", met: 1 + LIMITS.retries }),
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
  return triedAgain().map(({ where, outcome }) => ({
    where: { ...where, moment: "rendering" },
    outcome,
  }));
}

/** A rendering that takes too long is asked for again, and belongs to no stream that could be gone on with. */
export const SILENT_IN_RENDERING: readonly Rule[] = [
  { where: { moment: "rendering", spell: "once" }, outcome: RIGHT },
  {
    where: { moment: "rendering" },
    outcome: { is: "error", reason: "stream_cut", met: 1 + LIMITS.retries },
  },
];

/** Nobody looks at what was not asked for. */
export const NO_LOGPROBS_ASKED: readonly Rule[] = [
  impossible({ moment: "rendering" }, "a rendering has no log-probabilities"),
  impossible({ role: "large" }, "large is asked for no log-probabilities"),
  impossible({ moment: "answer" }, "an answer is asked for no log-probabilities"),
];

export const NO_STREAM: Rule = impossible({ moment: "rendering" }, "a rendering is no stream");
