import { setTimeout as sleep } from "node:timers/promises";
import { collectGarbage } from "../collect-garbage.js";
import type { BenchServerOptions } from "./bench-server-options.js";
import type { BenchServer } from "./start-bench-server.js";

export const IDLE_STREAMS = 1000;
/** Streams open and reach the place where they stand still. */
const SETTLING_MS = 8000;
const SAMPLES = 6;
const BETWEEN_MS = 2000;
const MINUTE = 60_000;

/** A way of standing still, with a thousand streams open. */
interface Stillness {
  readonly what: string;
  readonly msPerToken: BenchServerOptions["msPerToken"];
  /** Pieces of bytes that a client reads before it reads no more. */
  readonly pieces: number;
}

const WAYS: readonly Stillness[] = [
  {
    what: "the model has sent nothing yet",
    msPerToken: { small: MINUTE, large: MINUTE },
    pieces: Number.POSITIVE_INFINITY,
  },
  {
    what: "the model stops half-way",
    msPerToken: { small: 5, large: MINUTE },
    pieces: Number.POSITIVE_INFINITY,
  },
  { what: "the client stops reading half-way", msPerToken: { small: 5, large: 25 }, pieces: 3 },
];

/** Heap of a handler while a thousand streams stand still. */
interface IdleHeap {
  readonly what: string;
  /** Streams that had begun, and had not ended. */
  readonly open: number;
  /** Megabytes of all streams together, at the first look. */
  readonly heapMB: number;
  /** Megabytes that it grows in ten seconds: a straight line through all looks. */
  readonly growth: number;
}

/** Each way of standing still, one after the other. */
export async function idleHeaps(
  ask: (signal: AbortSignal) => Promise<Response>,
  server: Pick<BenchServer, "configure">,
  options: BenchServerOptions,
): Promise<readonly IdleHeap[]> {
  const heaps: IdleHeap[] = [];
  for (const way of WAYS) {
    await server.configure({ ...options, msPerToken: way.msPerToken });
    heaps.push(await heapOf(ask, way));
  }
  return heaps;
}

async function heapOf(
  ask: (signal: AbortSignal) => Promise<Response>,
  { what, pieces }: Stillness,
): Promise<IdleHeap> {
  const { heapUsed: before } = await collectGarbage();
  const leaving = new AbortController();
  // One listener for all who wait: fetch's Requests have one each on it already, and Node warns above 1500.
  const left = new Promise((leave) => leaving.signal.addEventListener("abort", leave));
  let ended = 0;
  const read = async () => {
    const { body } = await ask(leaving.signal);
    const reader = body?.getReader();
    for (let count = 0; count < pieces; count++) {
      if ((await reader?.read())?.done !== false) return;
    }
    // Nobody lets go of a stream that is not read: it stays open.
    await left;
  };
  const streams = Array.from({ length: IDLE_STREAMS }, () =>
    read()
      .catch(() => undefined)
      .finally(() => ended++),
  );
  await sleep(SETTLING_MS);
  const looks: [number, number][] = [];
  for (let look = 0; look < SAMPLES; look++) {
    await sleep(BETWEEN_MS);
    const { heapUsed } = await collectGarbage();
    looks.push([performance.now() / 1000, heapUsed / 2 ** 20]);
  }
  const open = IDLE_STREAMS - ended;
  leaving.abort();
  await Promise.all(streams);
  const [[, first] = [0, 0]] = looks;
  return { what, open, heapMB: first - before / 2 ** 20, growth: 10 * slope(looks) };
}

/** By least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const rise = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return rise / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
