import type { Secrets } from "../writers/connection/secrets.js";
import { showable } from "../writers/connection/server-words.js";
import type { Finding } from "./report.js";

/** A finding as it may be shown, whoever was quoted in it. */
export function withoutSecrets(finding: Finding, secrets: Secrets): Finding {
  const { status, seen, remedy } = finding;
  return {
    status,
    seen: showable(seen, secrets, MOST),
    remedy: remedy === null ? null : showable(remedy, secrets, MOST),
  };
}

/** Characters. What a check says of a server is a line or two. */
const MOST = 2_000;
