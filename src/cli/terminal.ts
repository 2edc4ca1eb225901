/**
 * The way to the terminal: everything that the commands print goes through here. What a model or a server
 * wrote may hold what a terminal obeys (colours, titles, the clipboard, a cleared screen, text that runs
 * backwards). It is shown as `\u001b` and the like, and never sent.
 */
import { createInterface } from "node:readline/promises";
import pc from "picocolors";
import { withoutControls } from "../core/without-controls.js";

/** Text that may be sent to a terminal. Only this file makes it. */
class ShownText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Shown = ShownText;

/** Anybody's text, made harmless. */
export function shown(text: string | Shown): Shown {
  return typeof text === "string" ? new ShownText(withoutControls(text)) : text;
}

/**
 * A template whose values are made harmless.
 *
 * @example
 * ```ts
 * write(show`${tint("bold", role)}: ${name}\n`);
 * ```
 */
export function show(words: TemplateStringsArray, ...values: readonly (Shown | string)[]): Shown {
  const parts = words.map((word, index) => word + shown(values[index] ?? "").text);
  return new ShownText(parts.join(""));
}

/** @param by - puts the texts where they belong, and adds nothing of anybody's */
export function layOut(parts: readonly Shown[], by: (texts: readonly string[]) => string): Shown {
  return new ShownText(by(parts.map(({ text }) => text)));
}

export type Tint = "bold" | "dim" | "green" | "magenta" | "red" | "yellow";

/** A colour, where the terminal has colours and wants them. */
export function tint(name: Tint, text: string | Shown): Shown {
  return new ShownText(pc[name](shown(text).text));
}

export function write(text: Shown): void {
  process.stdout.write(text.text);
}

/** For what is no result: progress, and what went wrong. */
export function writeAside(text: Shown): void {
  process.stderr.write(text.text);
}

export function writeJson(value: unknown): void {
  // Line breaks inside of texts are escaped already; those that are left are layout.
  process.stdout.write(`${withoutControls(JSON.stringify(value, null, 2))}\n`);
}

/** Does somebody see what is written aside, as it is written? */
export function isWatched(): boolean {
  return process.stderr.isTTY === true;
}

/** Asks whoever sits at the terminal; `null` where nobody could answer. */
export async function askAside(question: Shown): Promise<string | null> {
  if (!process.stdin.isTTY || !isWatched()) return null;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await asking.question(question.text);
  } finally {
    asking.close();
  }
}

/** Characters of a line; where nobody tells, as many as most windows have. */
export function columns(): number {
  const told = Number(process.env.COLUMNS);
  return process.stdout.columns ?? (Number.isInteger(told) && told > 0 ? told : 110);
}

/** A reader that has seen enough (`| head -1`) closes the pipe: a quiet end. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(0);
    });
  }
}
