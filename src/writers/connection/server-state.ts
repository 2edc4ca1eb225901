import { callerOf } from "./openai-client.js";

/** What is known of a model's server, over all routers in this process that use the model. */
export interface ServerState {
  /** `open`: it failed too often in a row, and is not asked; `half-open`: one request finds out whether it is back. */
  readonly state: "closed" | "open" | "half-open";
  /** Requests that failed since the first failure, those that were tried again included. */
  readonly failures: number;
  /** Requests that were not made. */
  readonly refused: number;
  /** How often it came to be `open`. */
  readonly opened: number;
}

const NEVER_FAILED: ServerState = { state: "closed", failures: 0, refused: 0, opened: 0 };

const states = new WeakMap<object, () => ServerState>();
const listeners = new WeakMap<object, Set<(state: ServerState) => void>>();

/**
 * The state of the server behind one of your models, for a gauge. Costs nothing until it is asked.
 *
 * @param model - the very object that the router has as `small` or `large`; one that asks no server is always `closed`
 */
export function serverState(model: object): ServerState {
  return stateOf(callerOf(model));
}

/** The same by the model's caller. */
export function stateOf(caller: object): ServerState {
  return states.get(caller)?.() ?? NEVER_FAILED;
}

/**
 * Calls back at each change of `state`, whichever router's request made it. What the listener throws is dropped: no reply
 * fails by it.
 *
 * @param model - the very object that routers have as `small` or `large`
 * @returns a function that ends it
 */
export function onServerState(model: object, listener: (state: ServerState) => void): () => void {
  const caller = callerOf(model);
  const those = listeners.get(caller) ?? new Set();
  listeners.set(caller, those.add(listener));
  return () => void those.delete(listener);
}

/** From now on the state of this caller's server is what this reads. */
export function followServerState(caller: object, read: () => ServerState): void {
  states.set(caller, read);
}

/** It has changed. */
export function tellServerState(caller: object): void {
  const state = states.get(caller)?.() ?? NEVER_FAILED;
  for (const listener of [...(listeners.get(caller) ?? [])]) {
    try {
      listener(state);
    } catch {
      // A metric that fails is none of the reply's business.
    }
  }
}
