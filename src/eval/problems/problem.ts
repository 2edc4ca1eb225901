import type { Json } from "../../core/json.js";

/** One message of a prompt. */
export interface ProblemMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** What a model is asked, and what it should have said. */
export interface Problem {
  /** No two problems of a data set have the same. */
  readonly id: string;
  readonly prompt: string | readonly ProblemMessage[];
  /** What a checker compares with; absent where nothing is checked. */
  readonly answer?: Json;
  /** Problems of one cluster are alike (one template): intervals are taken over clusters. @defaultValue `id` */
  readonly cluster?: string;
  readonly meta?: Readonly<Record<string, Json>>;
}
