import { always } from "../../core/policies/always.js";
import type { Arm } from "./arm.js";

/** Small writes every step and a model judges it, as SpecReason (`score`, by large) and ConfSpec (`self`) do. */
export function verified(by: "score" | "self", threshold: number): Arm {
  const judge = by === "score" ? "large" : "small itself";
  const options = { policy: always("small"), verify: { by, threshold } };
  return {
    name: `verify-${by}`,
    about: `every step by small, judged by ${judge}: above ${threshold} large writes it`,
    settings: { by, threshold },
    way: { kind: "routed", options: () => options },
    cached: true,
  };
}
