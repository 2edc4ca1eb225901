import { firstNonBlank } from "../../core/step-boundary.js";
import type { Written } from "../../router/step-writer.js";

/** Text that is not told, or not yet. It says that the model writes: only blanks are silence. */
export function withheld(item: Extract<Written, { type: "text" }>): Written {
  const words = firstNonBlank(item.text) === -1 ? {} : ({ withheld: true } as const);
  return { ...item, text: "", ...words };
}
