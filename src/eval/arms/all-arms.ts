import { closeMargin } from "../../core/early-exit/close-margin.js";
import { nearestName } from "../../core/nearest-name.js";
import { GlimpRouterError } from "../../errors.js";
import type { CloseRule } from "../../langchain/options/early-exit-options.js";
import type { Arm } from "./arm.js";
import { large, largeDraft, small, smallThought } from "./one-model.js";
import {
  byChance,
  earlyExit,
  firstStepsBy,
  handedOverOnce,
  probed,
  routed,
  routedAgain,
  routedAt,
  routedDraft,
} from "./routed.js";
import type { RoutedSetup } from "./routed-setup.js";
import { usualRates } from "./usual-rates.js";
import { verified } from "./verified.js";

/** What arms are made of. */
export interface ArmParts {
  /** The primary set-up. */
  readonly setup: RoutedSetup;
  /** Further ones, each an arm of its own: `routed@POINT`. */
  readonly further: readonly RoutedSetup[];
  readonly seed: number;
  /** Shares of the occasions that `random` hands over. */
  readonly rates?: readonly number[] | undefined;
  /** Of `early-exit`. */
  readonly closeWhen?: CloseRule | undefined;
  /** Of `verify-score` and `verify-self`: doubt, 0 to 1. */
  readonly doubt?: number | undefined;
  /** There is a large model that something writes ahead of. */
  readonly hasDraft: boolean;
}

/** Seeds of each rate. */
const SEEDS = [0, 1, 2, 3];
const FIRST_STEPS = 3;
const DEFAULT_DOUBT = 0.5;
/** Nats. */
const DEFAULT_MARGIN = 1;

/** Arms by name, in the order in which they are run. */
const MAKERS: Readonly<Record<string, (parts: ArmParts) => readonly Arm[]>> = {
  large: () => [large],
  "large-draft": (parts) => [drafted(parts, largeDraft)],
  small: () => [small],
  "small-thought": ({ setup }) => [smallThought(setup)],
  routed: ({ setup, further }) => [routed(setup), ...further.map(routedAt)],
  "routed-draft": (parts) => [drafted(parts, routedDraft(parts.setup))],
  "routed-again": ({ setup }) => [routedAgain(setup)],
  random: (parts) => ratesOf(parts).flatMap((rate) => atRate(parts, rate)),
  "first-steps": ({ setup }) => [firstStepsBy(setup, FIRST_STEPS)],
  once: ({ setup }) => [handedOverOnce(setup)],
  "early-exit": ({ setup, closeWhen = closeMargin(DEFAULT_MARGIN) }) => [
    earlyExit(setup, closeWhen),
  ],
  probe: ({ setup }) => [probed(setup)],
  "verify-score": ({ doubt = DEFAULT_DOUBT }) => [verified("score", doubt)],
  "verify-self": ({ doubt = DEFAULT_DOUBT }) => [verified("self", doubt)],
};

/** What `default` stands for, by what is measured: chance says nothing of time. Those that fit the set-up. */
export const DEFAULT_ARMS = {
  quality: [
    "large",
    "large-draft",
    "small",
    "small-thought",
    "routed",
    "routed-again",
    "random",
    "first-steps",
    "once",
    "early-exit",
  ],
  latency: ["large", "large-draft", "small", "routed", "routed-draft", "once", "early-exit"],
} as const;

/**
 * The arms of these names: `default`, `routed`, `random` (all rates), `random:0.25`, `random:0.25:3`, `first-steps:5`, ...
 *
 * @throws GlimpRouterError `invalid_option` with the nearest name
 */
export function armsNamed(
  names: readonly string[],
  parts: ArmParts,
  mode: keyof typeof DEFAULT_ARMS,
): readonly Arm[] {
  const usual = DEFAULT_ARMS[mode].filter((name) => fits(name, parts));
  const asked = names.flatMap((name) => (name === "default" ? usual : [name]));
  const arms = asked.flatMap((name) => armsOf(name, parts));
  return arms.filter(({ name }, at) => arms.findIndex((other) => other.name === name) === at);
}

/** Where a judge alone hands over there is no decision of which `once` could take the first. */
function fits(name: string, { hasDraft, setup }: ArmParts): boolean {
  return name === "once" ? setup.verify === null : hasDraft || !name.endsWith("-draft");
}

function armsOf(name: string, parts: ArmParts): readonly Arm[] {
  if (Object.hasOwn(MAKERS, name)) return MAKERS[name]?.(parts) ?? [];
  const [kind, number, seed, ...rest] = name.split(":");
  if (kind === "random" && rest.length === 0) {
    const rate = numberIn(name, number, { most: 1 });
    if (seed === undefined) return atRate(parts, rate);
    return [byChance(parts.setup, rate, numberIn(name, seed, { whole: true }), parts.seed)];
  }
  if (kind === "first-steps" && seed === undefined) {
    return [firstStepsBy(parts.setup, numberIn(name, number, { whole: true }))];
  }
  throw unknownArm(name);
}

/** Whether something writes ahead of large is fixed when it is loaded, or its server started: it is another model. */
function drafted({ hasDraft }: ArmParts, arm: Arm): Arm {
  if (hasDraft) return arm;
  throw new GlimpRouterError(
    `The arm ${arm.name} needs the large model once more, with something that writes ahead of it: give \`draftedLarge\` (--large-draft).`,
    { reason: "invalid_option" },
  );
}

function ratesOf({ setup, rates }: ArmParts): readonly number[] {
  return rates ?? usualRates(setup);
}

function atRate({ setup, seed }: ArmParts, rate: number): readonly Arm[] {
  return SEEDS.map((each) => byChance(setup, rate, each, seed));
}

function numberIn(
  name: string,
  text: string | undefined,
  { most = Number.MAX_SAFE_INTEGER, whole = false }: { most?: number; whole?: boolean },
): number {
  const number = text === undefined || text === "" ? Number.NaN : Number(text);
  if (number >= 0 && number <= most && (!whole || Number.isInteger(number))) return number;
  throw unknownArm(name);
}

function unknownArm(name: string): GlimpRouterError {
  const known = Object.keys(MAKERS);
  const nearest = nearestName(name, known);
  const hint = nearest === null ? "" : ` Did you mean ${nearest}?`;
  return new GlimpRouterError(
    `There is no arm ${JSON.stringify(name)}.${hint} There are: default, ${known.join(", ")}, random:RATE, random:RATE:SEED, first-steps:N.`,
    { reason: "invalid_option" },
  );
}
