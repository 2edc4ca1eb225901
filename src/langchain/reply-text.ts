import type { RouteEvent } from "../router/route-event.js";

/** The text of a reply as it is written. */
export class ReplyText {
  thought = "";
  answer = "";

  add(event: RouteEvent): void {
    if (event.type === "text-delta") this.thought += event.text;
    if (event.type === "answer-delta") this.answer += event.text;
  }
}
