import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { show, tint, writeAside } from "./terminal.js";

const NOTICES = ["glimprouter_calibration", "glimprouter_drift"];

/** Shows what a router tells beside its reply. */
export function noticeHandler(): BaseCallbackHandler {
  return BaseCallbackHandler.fromMethods({
    handleCustomEvent: (name: string, { message }: { readonly message?: unknown }) => {
      if (!NOTICES.includes(name)) return;
      writeAside(show`${tint("yellow", "warning")}: ${String(message)}\n`);
    },
  });
}
