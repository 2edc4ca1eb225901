import type { Role } from "../../router/step-writer.js";
import { type ArrivedText, isHeld } from "../arrival.js";
import { ok, skipped, warning } from "../finding.js";
import { type ReplyPath, through } from "../reply-path.js";
import type { Finding } from "../report.js";
import type { Check } from "./check.js";

/**
 * Does a text come as it is written? A hand-off aborts small's stream in mid-text; where something on the way
 * holds the chunks back, all that is thrown away was written, and waited for.
 */
export const arrival: Check = {
  id: "arrival",
  title: "Chunks arrive",
  needs: ["think-tag"],
  async run({ arrived, role, writer }, signal) {
    if ((await writer(signal)).writer.kind === "ask") return skipped("the model is asked");
    const seen = await arrived(signal);
    if (seen === null) return skipped("the model ended at once");
    return isHeld(seen.burst) ? heldBack(seen, role) : ok(asWritten(seen));
  },
};

function asWritten({ arrival: { tokens, firstMs, lastMs } }: ArrivedText): string {
  return `as they are written: ${tokens} tokens, the first after ${firstMs.toFixed(0)} ms, the last after ${lastMs.toFixed(0)} ms`;
}

function heldBack({ arrival, burst, path }: ArrivedText, role: Role): Finding {
  const how = `${burst.tokens} of ${arrival.tokens} tokens came at once, after ${burst.afterMs.toFixed(0)} ms of silence`;
  return warning(`${how}: ${causeIn(path)}. ${COST[role]}`, remedyFor(path, role));
}

function causeIn(path: ReplyPath | null): string {
  const { encoding, gateway } = path ?? { encoding: null, gateway: null };
  if (encoding !== null) {
    const by = gateway === null ? "" : ` by ${gateway}`;
    return `the stream is compressed on its way (Content-Encoding: ${encoding}${by})`;
  }
  return `something on the way holds the stream back${through(path)}`;
}

const COST: Readonly<Record<Role, string>> = {
  small:
    "Aborts save nothing: each hand-off waits for a text that is thrown away, and pays it, up to the whole of `maxThoughtTokens`",
  large: "Aborts save nothing, and no step is seen before it is over",
};

/** What helps where the path cannot be changed. */
const OTHERWISE: Readonly<Record<Role, string>> = {
  small: ' Until then set `glimpse: "probe"`: its requests end at the end of a step.',
  large: "",
};

const ENCODED =
  'Leave text/event-stream uncompressed there (nginx: `gzip off`, or a `gzip_types` without `*` and text/event-stream), or ask for it so: `configuration: { defaultHeaders: { "accept-encoding": "identity" } }`.';

const HELD =
  "Give the model the server's own address, or let the gateway pass chunks on (nginx: `proxy_buffering off`; LiteLLM: its pass-through endpoints; vLLM and SGLang: a smaller `--stream-interval`). Without a gateway, run the doctor again when the server is idle.";

function remedyFor(path: ReplyPath | null, role: Role): string {
  const encoding = path?.encoding ?? null;
  return (encoding === null ? HELD : ENCODED) + OTHERWISE[role];
}
