import type { Cell, Moment } from "./cell.js";

type Role = Cell["role"];

/** What a reply comes to whose rest the other model writes. */
export interface OtherWrites {
  /** Who wrote each step; large, where any part of it is large's. */
  readonly routes: readonly Role[];
  /** `null` in the answer. */
  readonly fromStep: number | null;
  /** Requests of the other model, over the whole reply. */
  readonly requests: number;
  /** Runs of the trace that were open when the model was given up. */
  readonly runs: number;
}

/** Small writes the first step and the third, large the second, and the answer where small is out. */
export function otherWrites({ role, moment, glimpse }: Cell): OtherWrites {
  const routes = routesOf(ROUTES[role][moment]);
  const requests = role === "small" ? 2 : REQUESTS_OF_SMALL[glimpse][moment];
  return { routes, fromStep: FROM_STEP[role][moment], requests, runs: RUNS[role][moment] };
}

function routesOf(initials: string): readonly Role[] {
  return [...initials].map((initial) => (initial === "S" ? "small" : "large"));
}

const ROUTES: Readonly<Record<Role, Readonly<Record<Moment, string>>>> = {
  small: {
    rendering: "LLL",
    "first token": "LLL",
    "mid step": "LLL",
    boundary: "SLL",
    answer: "SLS",
  },
  large: {
    rendering: "SSS",
    "first token": "SSS",
    "mid step": "SLS",
    boundary: "SLS",
    answer: "SLS",
  },
};

const FROM_STEP: Readonly<Record<Role, Readonly<Record<Moment, number | null>>>> = {
  small: { rendering: 1, "first token": 1, "mid step": 1, boundary: 2, answer: null },
  large: { rendering: 1, "first token": 2, "mid step": 2, boundary: 2, answer: null },
};

/** A step by small is a run from its first token on, one by large from the decision on. */
const RUNS: Readonly<Record<Role, Readonly<Record<Moment, number>>>> = {
  small: { rendering: 0, "first token": 0, "mid step": 1, boundary: 0, answer: 1 },
  large: { rendering: 0, "first token": 1, "mid step": 1, boundary: 1, answer: 1 },
};

/**
 * `fused`: the first step and what follows it, what large left, the answer. `probe`: a probe and the rest of each
 * step, but no probe where a step had been begun.
 */
const REQUESTS_OF_SMALL: Readonly<Record<Cell["glimpse"], Readonly<Record<Moment, number>>>> = {
  fused: { rendering: 2, "first token": 3, "mid step": 3, boundary: 3, answer: 3 },
  probe: { rendering: 7, "first token": 7, "mid step": 7, boundary: 7, answer: 6 },
};

/** Requests of both models that were over before the one which meets the fault. */
export function requestsBefore({ role, moment, glimpse }: Cell): Readonly<Record<Role, number>> {
  const [small, large] = BEFORE[glimpse][role][moment];
  return { small, large };
}

type Before = Readonly<
  Record<Role, Readonly<Record<Moment, readonly [small: number, large: number]>>>
>;

const BEFORE: Readonly<Record<Cell["glimpse"], Before>> = {
  fused: {
    small: {
      rendering: [0, 0],
      "first token": [0, 0],
      "mid step": [0, 0],
      boundary: [0, 0],
      answer: [2, 1],
    },
    large: {
      rendering: [0, 0],
      "first token": [1, 0],
      "mid step": [1, 0],
      boundary: [1, 0],
      answer: [2, 1],
    },
  },
  probe: {
    small: {
      rendering: [0, 0],
      "first token": [0, 0],
      "mid step": [1, 0],
      boundary: [2, 0],
      answer: [5, 1],
    },
    large: {
      rendering: [0, 0],
      "first token": [3, 0],
      "mid step": [3, 0],
      boundary: [3, 0],
      answer: [5, 1],
    },
  },
};
