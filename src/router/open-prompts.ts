import { linkSignals } from "../core/linked-signals.js";
import { RouteError } from "../core/route-error.js";
import { bothRoles, type StandIn } from "./both-roles.js";
import { markOutage } from "./outage.js";
import { followQueued, unfollowQueued } from "./queued-request.js";
import { SilenceWatch } from "./silence-watch.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";

/** How long a server may take over a rendering. */
export interface OpeningPatience {
  /** Milliseconds from leaving our own queue on; absent: for ever. */
  readonly firstTokenTimeoutMs?: number | undefined;
}

/**
 * Renders the prompt for both models at once. The first failure ends the other rendering too.
 *
 * @throws ThoughtError naming the role
 */
export function openPrompts<Prompt>(
  writers: Readonly<Record<Role, StepWriter<Prompt>>>,
  prompt: Prompt,
  signal?: AbortSignal,
  { firstTokenTimeoutMs }: OpeningPatience = {},
  standIn?: StandIn<Opening>,
): Promise<Record<Role, Opening>> {
  return bothRoles(
    (role, each) => {
      const writer = writers[role];
      // In this process, and where a model is prompted, nobody is asked.
      return firstTokenTimeoutMs === undefined || writer.resumption?.by !== "text"
        ? writer.open(prompt, each)
        : openInTime({ role, writer, prompt, ms: firstTokenTimeoutMs }, each);
    },
    signal,
    standIn,
  );
}

/** A silent server is asked again, as often as its model's retries allow. */
async function openInTime<Prompt>(
  of: {
    readonly role: Role;
    readonly writer: StepWriter<Prompt>;
    readonly prompt: Prompt;
    readonly ms: number;
  },
  signal: AbortSignal,
): Promise<Opening> {
  const { role, writer, prompt, ms } = of;
  for (let retries = writer.resumption?.retries ?? 0; ; retries--) {
    const silent = new AbortController();
    const { signal: own, unlink } = linkSignals(signal, silent.signal);
    const watch = new SilenceWatch({ firstTokenMs: ms }, () => silent.abort(tooSilent(role, ms)));
    followQueued(own, (isQueued) => watch.queue(isQueued));
    watch.begin();
    try {
      signal.throwIfAborted();
      return await writer.open(prompt, own);
    } catch (error) {
      const isSilent = silent.signal.aborted && !signal.aborted;
      if (!isSilent) throw error;
      if (retries <= 0) throw silent.signal.reason;
    } finally {
      watch.stop();
      unfollowQueued(own);
      unlink();
    }
  }
}

function tooSilent(role: Role, ms: number): RouteError {
  const words = `The ${role} model's server did not say what it makes of the prompt within \`firstTokenTimeoutMs\`, ${ms} ms. Look at the server's log.`;
  return markOutage(new RouteError("stream_cut", words), "no-first-token");
}
