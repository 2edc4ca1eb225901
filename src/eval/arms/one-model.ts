import { always } from "../../core/policies/always.js";
import type { Arm } from "./arm.js";
import { optionsOf, type RoutedSetup, settingsOf } from "./routed-setup.js";

/** What a user would otherwise pick: the whole reply by large, in one request. */
export const large: Arm = {
  name: "large",
  about: "large alone, in one call",
  settings: { by: "large" },
  way: { kind: "one call", by: "large" },
  cached: true,
};

/** The lossless rival: the same text, several tokens judged at once. */
export const largeDraft: Arm = {
  name: "large-draft",
  about: "large alone, in one call, with something that writes ahead of it",
  settings: { by: "large", draft: true },
  way: { kind: "one call", by: "large" },
  isDrafted: true,
  cached: false,
};

export const small: Arm = {
  name: "small",
  about: "small alone, in one call",
  settings: { by: "small" },
  way: { kind: "one call", by: "small" },
  cached: true,
};

/** What routing costs and gains where it never hands over: rate 0 of the curve by chance. */
export function smallThought(setup: RoutedSetup): Arm {
  const { point } = settingsOf(setup);
  const options = { ...optionsOf({ ...setup, verify: null }), policy: always("small") };
  return {
    name: "small-thought",
    about: "the thought by small, the answer by large",
    settings: { point: point ?? null, thought: "small", answer: "large" },
    way: { kind: "routed", options: () => options },
    cached: true,
  };
}
