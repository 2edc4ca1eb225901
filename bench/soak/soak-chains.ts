import { type GlimpRouterChatModel, GlimpRouterError } from "../../src/index.js";
import { type StreamedReply, streamReply } from "../http/bench-models.js";

/** How the chains of a soak ended. */
export interface Ends {
  right: number;
  /** Of the right ones: those of which a stream was cut, or that were gone on with behind an error. */
  gone_on: number;
  wrong: number;
  /** Of the right ones: those that ended in an error, and were gone on with by its `resume` (or anew, where no thought was). */
  resumed: number;
  /** An error that lost a thought, or from which no further call came to the end. */
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
  const ends: Ends = { right: 0, gone_on: 0, wrong: 0, resumed: 0, lost: 0, hung: 0 };
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

/** Calls that go on with a reply behind its first error. */
const MOST_RESUMED = 3;

async function oneChain(plan: SoakPlan, ends: Ends, note: (text: string) => void): Promise<void> {
  const late = pause(plan.patienceMs);
  try {
    const reply = await Promise.race([replyOrResumed(plan, ends, note), late]);
    if (reply === undefined) ends.hung++;
    else if (isWhole(reply, plan.whole)) {
      ends.right++;
      if (reply.record?.retries !== undefined) ends.gone_on++;
    } else {
      ends.wrong++;
      note(`wrong: ${JSON.stringify([reply.thought, reply.text]).slice(0, 500)}`);
    }
  } catch (error) {
    ends.lost++;
    note(String(error).slice(0, 300));
  } finally {
    late.cancel();
  }
}

type Reply = Pick<StreamedReply, "text" | "thought" | "record">;

/** What broke off goes on as in another process: from the error's state in JSON. */
async function replyOrResumed(
  { router, signal }: SoakPlan,
  ends: Ends,
  note: (text: string) => void,
): Promise<Reply> {
  let error: unknown;
  try {
    return await streamReply(router, "Go.", signal);
  } catch (thrown) {
    error = thrown;
  }
  for (let times = 0; times < MOST_RESUMED; times++) {
    note(String(error).slice(0, 300));
    if (!GlimpRouterError.isInstance(error)) break;
    const { resume, thought } = error;
    // Nothing was asked for yet, so that nothing is lost: it begins anew.
    if (resume === undefined && thought !== "") break;
    const from = resume === undefined ? {} : { resume: JSON.parse(JSON.stringify(resume)) };
    try {
      const message = await router.invoke("Go.", { signal, ...from });
      ends.resumed++;
      return {
        text: message.text,
        thought: String(message.additional_kwargs.reasoning_content ?? ""),
        record: (message.response_metadata.glimprouter as StreamedReply["record"]) ?? null,
      };
    } catch (thrown) {
      error = thrown;
    }
  }
  throw error;
}

function isWhole(reply: Reply, whole: StreamedReply): boolean {
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
