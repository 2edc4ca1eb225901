import { KEEP_ALIVE } from "./event-stream.js";

/** Milliseconds: proxies give a silent connection a minute, some of them half of it. */
const INTERVAL = 10_000;

/** Comments until what is waited for is there: at once, then every ten seconds. */
export async function* whileWaiting<Value>(
  promise: Promise<Value>,
): AsyncGenerator<string, Value, void> {
  const there = promise.then((value) => ({ value }));
  // It may fail while a client reads nothing, and nobody waits for it.
  there.catch(() => undefined);
  for (;;) {
    yield KEEP_ALIVE;
    const { soon, clear } = later(INTERVAL);
    try {
      const first = await Promise.race([there, soon]);
      if (first !== null) return first.value;
    } finally {
      clear();
    }
  }
}

function later(ms: number): { readonly soon: Promise<null>; readonly clear: () => void } {
  let timer: ReturnType<typeof setTimeout>;
  const soon = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  return { soon, clear: () => clearTimeout(timer) };
}
