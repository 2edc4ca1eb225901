import type { Finding } from "./report.js";

export function ok(seen: string): Finding {
  return { status: "ok", seen, remedy: null };
}

export function warning(seen: string, remedy: string): Finding {
  return { status: "warning", seen, remedy };
}

export function failed(seen: string, remedy: string): Finding {
  return { status: "failed", seen, remedy };
}

/** @param why - why there was nothing to see */
export function skipped(why: string): Finding {
  return { status: "skipped", seen: why, remedy: null };
}

/** Words that a remedy begins with in the messages of this package. */
const REMEDY =
  /(?<=[.)"`]) (?=(?:As small,|Check|Give|Is|Look|Run|Serve|Set|Start|Switch|Update|Use) )/;

/** An error as a finding: our messages say what happened first, and what to do about it last. */
export function failedWith(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const at = REMEDY.exec(message)?.index;
  return at === undefined
    ? failed(message, "Look at the server's log.")
    : failed(message.slice(0, at), message.slice(at + 1));
}

/** Text in quotes, with its line breaks visible, `length` characters at most. */
export function quote(text: string, length = 60): string {
  return JSON.stringify(text.length > length ? `${text.slice(0, length)}...` : text);
}

/** The end of a prompt, where it matters. */
export function quoteTail(text: string, length = 60): string {
  return JSON.stringify(text.length > length ? `...${text.slice(-length)}` : text);
}
