import type { CircuitBreakerPolicy } from "cockatiel";
import { cutReason } from "../../router/cut.js";
import { ServerIsOut } from "./server-is-out.js";
import { followServerState, type ServerState, tellServerState } from "./server-state.js";

/**
 * Failures in a row, with no answer between them, until a model's server is not asked any more. More than the tries of one
 * request (7, LangChain's default): only what fails for several is the server's.
 */
export const FAILURES_IN_A_ROW = 10;
/**
 * How long it is left alone then, in milliseconds: twice as long behind each probe that fails, and at most so long. Not by chance, as is
 * cockatiel's default: that may be no time at all, and one request of a process is no herd.
 */
const LEFT_ALONE = { initialDelay: 1_000, maxDelay: 30_000 };

type Cockatiel = typeof import("cockatiel");

/** Of each model whose server ever failed, by its LangChain caller: that is what routers over one model share. */
const breakers = new WeakMap<object, CircuitBreaker>();

/**
 * Makes an attempt at a request, unless the model's server has failed too often in a row: then one attempt at a time finds
 * out whether it is back, and all others are refused at once, so that nobody waits for it in a slot. Where nothing ever failed
 * this is a look into a map.
 *
 * @param isOut - is it the server that is out, and not what it was asked?
 * @throws ServerIsOut where it is not asked
 */
export async function withBreaker<Result>(
  caller: object,
  attempt: () => Promise<Result>,
  isOut: (error: unknown) => boolean,
  signal?: AbortSignal,
): Promise<Result> {
  // An abort says nothing against the server, unless it was for its silence.
  const counts = (error: unknown) =>
    signal?.aborted ? cutReason(signal.reason) !== null : isOut(error);
  const breaker = breakers.get(caller);
  if (breaker !== undefined) return breaker.run(attempt, counts, signal);
  try {
    return await attempt();
  } catch (error) {
    if (counts(error)) await countFailure(caller, error);
    throw error;
  }
}

/** It was made before there was a breaker. */
async function countFailure(caller: object, error: unknown): Promise<void> {
  // Not before a failure: it makes an AbortController at module level, which Workers refuse.
  const cockatiel = await import("cockatiel");
  // Others may have failed meanwhile.
  const breaker = breakers.get(caller) ?? new CircuitBreaker(cockatiel, caller);
  breakers.set(caller, breaker);
  await breaker
    .run(
      () => Promise.reject(error),
      () => true,
    )
    .catch(() => undefined);
}

/** Carries what counts against the server through the policy. */
class Counted extends Error {
  readonly failure: unknown;

  constructor(failure: unknown) {
    super("It counts.");
    this.failure = failure;
  }
}

class CircuitBreaker {
  readonly #cockatiel: Cockatiel;
  readonly #policy: CircuitBreakerPolicy;
  #failures = 0;
  #refused = 0;
  #opened = 0;
  #lastFailure: unknown;

  constructor(cockatiel: Cockatiel, caller: object) {
    this.#cockatiel = cockatiel;
    this.#policy = cockatiel.circuitBreaker(cockatiel.handleType(Counted), {
      breaker: new cockatiel.ConsecutiveBreaker(FAILURES_IN_A_ROW),
      halfOpenAfter: new cockatiel.ExponentialBackoff({
        ...LEFT_ALONE,
        generator: cockatiel.noJitterGenerator,
      }),
    });
    this.#policy.onBreak(() => this.#opened++);
    followServerState(caller, () => this.#state());
    this.#policy.onStateChange(() => tellServerState(caller));
  }

  async run<Result>(
    attempt: () => Promise<Result>,
    counts: (error: unknown) => boolean,
    signal?: AbortSignal,
  ): Promise<Result> {
    const { BrokenCircuitError, CircuitState } = this.#cockatiel;
    // The policy would let it wait for the probe.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#refusal();
    const isProbe = this.#policy.state === CircuitState.Open;
    try {
      return await this.#policy.execute(() =>
        attempt().catch((error: unknown) => {
          // A probe that was left has shown nothing: for the policy what is no failure is an answer.
          throw counts(error) || (isProbe && signal?.aborted) ? this.#count(error) : error;
        }),
      );
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.#refusal();
      throw error instanceof Counted ? error.failure : error;
    }
  }

  #count(error: unknown): Counted {
    this.#failures++;
    this.#lastFailure = error;
    return new Counted(error);
  }

  #refusal(): ServerIsOut {
    this.#refused++;
    return new ServerIsOut(FAILURES_IN_A_ROW, this.#lastFailure);
  }

  #state(): ServerState {
    const { CircuitState } = this.#cockatiel;
    const { state } = this.#policy;
    const name =
      state === CircuitState.Closed
        ? "closed"
        : state === CircuitState.HalfOpen
          ? "half-open"
          : "open";
    return {
      state: name,
      failures: this.#failures,
      refused: this.#refused,
      opened: this.#opened,
    };
  }
}
