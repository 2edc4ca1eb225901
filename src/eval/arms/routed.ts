import type { Json } from "../../core/json.js";
import { firstSteps } from "../../core/policies/first-steps.js";
import { once } from "../../core/policies/once.js";
import type { CloseRule } from "../../langchain/options/early-exit-options.js";
import type { Arm, ArmOptions } from "./arm.js";
import { chance, chanceJudge, seedOf } from "./chance.js";
import { optionsOf, type RoutedSetup, settingsOf } from "./routed-setup.js";

function routedArm(
  name: string,
  about: string,
  settings: Json,
  options: ArmOptions,
  cached = true,
): Arm {
  return { name, about, settings, way: { kind: "routed", options: () => options }, cached };
}

export function routed(setup: RoutedSetup): Arm {
  const { point, threshold, direction } = setup;
  const about = `routed at ${point.name}, large ${direction} ${Number(threshold.toPrecision(4))}`;
  return routedArm("routed", about, settingsOf(setup), optionsOf(setup));
}

/** Under the point's name, beside the primary one. */
export function routedAt(setup: RoutedSetup): Arm {
  const arm = routed(setup);
  return { ...arm, name: `routed@${setup.point.name}` };
}

/** Both together: hard steps by a large model that something writes ahead of. */
export function routedDraft(setup: RoutedSetup): Arm {
  const about = "routed, with something that writes ahead of large";
  const settings = { ...settingsOf(setup), draft: true };
  return {
    ...routedArm("routed-draft", about, settings, optionsOf(setup), false),
    isDrafted: true,
  };
}

/** What differs from `routed` is noise: of batches, of bf16, of the temperature. */
export function routedAgain(setup: RoutedSetup): Arm {
  const about = "routed once more: what differs from routed is noise";
  return routedArm("routed-again", about, settingsOf(setup), optionsOf(setup), false);
}

/** Chance at the same kind of place, with the same cut and draft. */
export function byChance(setup: RoutedSetup, rate: number, seed: number, runSeed: number): Arm {
  const { verify } = setup;
  const place = settingsOf(setup);
  const options = (drawn: number): ArmOptions =>
    verify === null
      ? { ...optionsOf(setup), policy: chance(rate, drawn) }
      : { ...optionsOf(setup), verify: chanceJudge(rate, drawn, verify.when) };
  return {
    name: `random:${rate}:${seed}`,
    about: `large by chance, ${rate} of the occasions, at the same kind of place`,
    settings: { ...place, rate, seed },
    way: { kind: "routed", options: (reply) => options(seedOf(runSeed + seed, reply)) },
    cached: true,
  };
}

export function firstStepsBy(setup: RoutedSetup, n: number): Arm {
  const options = { ...optionsOf({ ...setup, verify: null }), policy: firstSteps(n) };
  const settings = { point: setup.point.name, n };
  return routedArm(`first-steps:${n}`, `the first ${n} steps by large`, settings, options);
}

/** One hand-over, for good: a strong and cheap baseline where every request is billed with its prompt. */
export function handedOverOnce(setup: RoutedSetup): Arm {
  const options = { ...optionsOf({ ...setup, verify: null }), policy: once(setup.policy) };
  const settings = settingsOf({ ...setup, verify: null });
  return routedArm("once", "handed over once, for good", settings, options);
}

export function earlyExit(setup: RoutedSetup, rule: CloseRule): Arm {
  const options = { ...optionsOf(setup), closeWhen: rule };
  const settings = { ...settingsOf(setup), closeWhen: { ...rule } };
  return routedArm("early-exit", "routed, and closed where the thought is done", settings, options);
}

/** The published way: a request for the glimpse, another one for the step. */
export function probed(setup: RoutedSetup): Arm {
  const options = { ...optionsOf(setup), glimpse: "probe" as const };
  return routedArm("probe", "routed by probes, as published", settingsOf(setup), options);
}
