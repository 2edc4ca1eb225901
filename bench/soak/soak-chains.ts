import { type GlimpRouterChatModel, GlimpRouterError } from "../../src/index.js";
import { type StreamedReply, streamReply } from "../http/bench-models.js";

/** How the chains of a soak ended. */
export interface Ends {
  right: number;
  /** Of the right ones: those of which a stream was cut, or that were gone on with behind an error. */
  gone_on: number;
  wrong: number;
  /** A typed error, whose thought is a beginning of the right one: it can be gone on with. */
  typed: number;
  /** Any other error. */
  lost: number;
  /** No end within the time that a chain may take. */
  hung: number;
}

export interface SoakChains {
  readonly ends: Ends;
  /** The first of each thing that went wrong, for people. */
  readonly notes: readonly string[];
}

export interface SoakPlan {
  readonly router: GlimpRouterChatModel;
  readonly chains: number;
  readonly seconds: number;
  /** Milliseconds that one chain may take. */
  readonly patienceMs: number;
  /** What a chain comes to where nothing goes wrong. */
  readonly whole: StreamedReply;
  readonly signal: AbortSignal;
}

/** Over how long the chains begin, in ms: a server's connections are not made at one moment. */
const BEGIN_WITHIN_MS = 2_000;

/** Chain behind chain, so many beside each other, until the time is over; those that run then run to their end. */
export async function soakChains(plan: SoakPlan): Promise<SoakChains> {
  const ends: Ends = { right: 0, gone_on: 0, wrong: 0, typed: 0, lost: 0, hung: 0 };
  const notes: string[] = [];
  const note = (text: string) => {
    if (notes.length < 5) notes.push(text);
  };
  const until = performance.now() + plan.seconds * 1_000;
  const begin = (index: number) => pause((index / plan.chains) * BEGIN_WITHIN_MS);
  const row = async (index: number): Promise<void> => {
    await begin(index);
    while (performance.now() < until) await oneChain(plan, ends, note);
  };
  await Promise.all(Array.from({ length: plan.chains }, (_, index) => row(index)));
  return { ends, notes };
}

async function oneChain(plan: SoakPlan, ends: Ends, note: (text: string) => void): Promise<void> {
  const late = pause(plan.patienceMs);
  try {
    const reply = await Promise.race([streamReply(plan.router, "Go.", plan.signal), late]);
    if (reply === undefined) ends.hung++;
    else if (isWhole(reply, plan.whole)) {
      ends.right++;
      if (reply.record?.retries !== undefined) ends.gone_on++;
    } else {
      ends.wrong++;
      note(`wrong: ${JSON.stringify([reply.thought, reply.text]).slice(0, 500)}`);
    }
  } catch (error) {
    const { thought } = plan.whole;
    if (GlimpRouterError.isInstance(error) && thought.startsWith(error.thought.trimEnd())) {
      ends.typed++;
    } else ends.lost++;
    note(String(error).slice(0, 300));
  } finally {
    late.cancel();
  }
}

function isWhole(reply: StreamedReply, whole: StreamedReply): boolean {
  return reply.text === whole.text && reply.thought === whole.thought;
}

/** A wait that leaves no timer. */
function pause(ms: number): Promise<undefined> & { cancel(): void } {
  let timer: ReturnType<typeof setTimeout>;
  const waiting = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Object.assign(waiting, { cancel: () => clearTimeout(timer) });
}
