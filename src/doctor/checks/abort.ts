import { modelParams } from "../../writers/connection/model-params.js";
import { isHeld } from "../arrival.js";
import type { Examination } from "../examination.js";
import { failedWith, ok, skipped, warning } from "../finding.js";
import { questionsFor } from "../servers/questions-for.js";
import type { Check } from "./check.js";

/** Enough that a fast server would still be writing when it is asked whether it stopped. */
const TOKENS = 256;

/** Milliseconds that an aborted stream may take to end. */
const PATIENCE = 5000;

/** Milliseconds that a server is given to notice a closed connection: it does so at its next write. */
const NOTICE = 300;

export const abort: Check = {
  id: "abort",
  title: "Abort on disconnect",
  needs: ["arrival"],
  async run(examination, signal) {
    const isAsked = (await examination.writer(signal)).writer.kind === "ask";
    const arrived = isAsked ? null : await examination.arrived(signal);
    if (arrived !== null && isHeld(arrived.burst)) {
      return skipped("a text that comes at once is over before it can be aborted");
    }
    const { writer } = await examination.writer(signal);
    const opening = await examination.opening(signal);
    const own = new AbortController();
    const stream = writer
      .write(opening, "", { maxTokens: TOKENS, topLogprobs: 0 }, own.signal)
      [Symbol.asyncIterator]();
    const first = await Promise.race([stream.next(), whenAborted(signal)]);
    if (first === null || first.done || first.value.type === "end") {
      own.abort();
      return skipped("the text was over before it could be aborted");
    }
    const start = performance.now();
    own.abort();
    if (!(await endsWithin(PATIENCE, leave(stream)))) {
      return warning(
        `the stream still runs ${PATIENCE} ms after its abort`,
        "Run the doctor again when this machine is idle. If it stays so, a proxy may keep the stream alive: each hand-off would wait for it.",
      );
    }
    const seen = `the stream ends ${(performance.now() - start).toFixed(0)} ms after its abort`;
    return serverIdle(examination, seen, signal);
  },
};

/** Adds what the server says about its running requests, where it says something. */
async function serverIdle({ access, writer }: Examination, seen: string, signal: AbortSignal) {
  const questions = questionsFor((await writer(signal)).writer.kind);
  if (access === null || questions === null) return ok(seen);
  await later(NOTICE);
  try {
    const running = await questions.running(access, modelParams(access).model, signal);
    if (running === null) return ok(`${seen}; the server does not tell whether it stops too`);
    if (running === 0) return ok(`${seen}, and the server is idle`);
    return warning(
      `${seen}, and the server has ${running} requests running (others' may be among them)`,
      "Run the doctor while nobody else uses the server. If it stays so, a proxy keeps the connection open.",
    );
  } catch (error) {
    if (signal.aborted) return failedWith(error);
    return ok(`${seen}; the server does not tell whether it stops too`);
  }
}

/** Leaves an aborted stream as the router does; that it says so is no news. */
async function leave(stream: AsyncIterator<unknown>): Promise<void> {
  await stream.return?.().catch(() => undefined);
}

/** Does something end in time? The clock is stopped when it does: a waiting process would not exit. */
async function endsWithin(milliseconds: number, event: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const ended = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}

function later(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function whenAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}
