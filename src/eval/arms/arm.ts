import type { Json } from "../../core/json.js";
import type { GlimpRouterOptions } from "../../langchain/options/chat-model-options.js";
import type { Role } from "../../router/step-writer.js";

/** Which reply is to be written: what happens by chance in it depends on this alone. */
export interface ReplyPlace {
  /** The problem's id. */
  readonly problem: string;
  /** From 0. */
  readonly repeat: number;
}

/** Options of the router that make an arm what it is. */
export type ArmOptions = Partial<Omit<GlimpRouterOptions, "small" | "large" | "continuation">>;

/** How a reply is made: by one model in one call, or routed. */
export type WayOfAnswering =
  | { readonly kind: "one call"; readonly by: Role }
  | { readonly kind: "routed"; options(place: ReplyPlace): ArmOptions };

/** One way of answering a problem. */
export interface Arm {
  /** In records and on the command line: `routed`, `random:0.25:3`. */
  readonly name: string;
  /** For readers, in words. */
  readonly about: string;
  /** What it was run with; a run that goes on must have the same. */
  readonly settings: Json;
  readonly way: WayOfAnswering;
  /** Its large is the one that something writes ahead of. */
  readonly isDrafted?: true;
  /** May greedy continuations come from the run's cache? Not where the noise of the servers is what is looked for. */
  readonly cached: boolean;
}
