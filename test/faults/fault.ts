import type { Outcomes } from "./outcome.js";

/** What goes over the wire in place of an event, and what becomes of the connection. */
export interface Strike {
  readonly write: string;
  readonly next: "go on" | "end" | "reset" | "silence";
}

/** One event of a stream, as the fake wrote it. */
export interface StruckEvent {
  /** `data: {...}` with its blank line. */
  readonly frame: string;
  readonly chunk: Readonly<Record<string, unknown>>;
}

/** How the bytes of a whole reply go out. */
export interface Bytes {
  readonly headers?: Readonly<Record<string, string>>;
  /** Of one write of the server's. */
  readonly pieces: (bytes: Buffer, isFirst: boolean) => readonly Buffer[];
  /** Milliseconds between two of them. */
  readonly pauseMs?: number;
}

/** In place of a reply. `headers`: those, and then silence. */
export type Opening =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | "reset"
  | "silence"
  | "headers";

/** Where a fault comes in. */
export type Way =
  /** The client reaches another address than it meant to. */
  | { readonly way: "address"; readonly addressOf: (url: URL) => string }
  | { readonly way: "opening"; readonly opening: Opening | ((elsewhere: string) => Opening) }
  | {
      readonly way: "event";
      readonly strike: (event: StruckEvent) => Strike;
      /** What becomes of a reply in JSON. Absent: this cannot befall one. */
      readonly rendering?: (body: string) => Strike;
    }
  /** Behind the end of a stream, in front of `[DONE]`. */
  | { readonly way: "behind"; readonly write: string }
  | { readonly way: "bytes"; readonly bytes: Bytes };

/** One row of the matrix. */
export type Fault = Way & {
  readonly name: string;
  /** For docs/reliability.md. */
  readonly about: string;
  readonly outcomes: Outcomes;
  /** The same of answers in chat. Absent: not looked at. */
  readonly inChat?: Outcomes;
  /** Only a time limit ends it. */
  readonly silent?: true;
  /** It is no failure, so that nobody asks again: being there once or always is the same. */
  readonly harmless?: true;
};
