import { parseHTML } from "linkedom";

/** A report's page without a browser. */
export function pageOf(html: string): Document {
  return parseHTML(html).document as unknown as Document;
}
