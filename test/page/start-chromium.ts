import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A browser of this machine; `null` where there is none. */
export function chromiumPath(): string | null {
  for (const name of NAMES) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  return null;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A real browser over its debugging pipe: it opens one page, and tells what went wrong in it. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #told: Message[] = [];
  #session = "";
  #id = 0;

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    process.once("exit", () => {
      for (const [id, tell] of this.#waiting) tell({ id, error: { message: "the browser ended" } });
    });
    let rest = "";
    (process.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
  }

  static async start(path: string): Promise<Chromium> {
    const folder = await mkdtemp(join(tmpdir(), "glimprouter-chromium-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    const child = spawn(
      path,
      [...flags, "--remote-debugging-pipe", `--user-data-dir=${folder}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    );
    const chromium = new Chromium(child, folder);
    const { targetInfos } = (await chromium.ask("Target.getTargets")) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const targetId = targetInfos.find(({ type }) => type === "page")?.targetId;
    const { sessionId } = await chromium.ask("Target.attachToTarget", { targetId, flatten: true });
    chromium.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network"])
      await chromium.ask(`${domain}.enable`);
    return chromium;
  }

  /** Opens a file, or an address, and waits until it is loaded. */
  async open(place: string): Promise<void> {
    this.#told.length = 0;
    const url = place.startsWith("http:") ? place : `file://${place}`;
    await this.ask("Page.navigate", { url });
    while (!this.#told.some(({ method }) => method === "Page.loadEventFired")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What an expression of the page comes to. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = (await this.ask("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as {
      result: { value: Value };
      exceptionDetails?: { exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "failed");
    return result.value;
  }

  /**
   * What the page's log says (breaches of its policy among it), dialogs, and requests.
   *
   * @param own - where the page may ask: the file itself, if nothing else is said
   */
  complaints(own = "file://"): readonly string[] {
    return this.#told.flatMap(({ method, params = {} }) => {
      if (method === "Log.entryAdded") return [JSON.stringify(params.entry)];
      if (method === "Runtime.exceptionThrown") return [JSON.stringify(params.exceptionDetails)];
      if (method === "Runtime.consoleAPICalled") return [JSON.stringify(params.args)];
      if (method === "Page.javascriptDialogOpening") return [`dialog: ${params.message}`];
      if (method !== "Network.requestWillBeSent") return [];
      const { url } = params.request as { url: string };
      return url.startsWith(own) || url.startsWith("data:") ? [] : [`request: ${url}`];
    });
  }

  /** A window of so many pixels, for somebody who likes it so. */
  async setView(
    width: number,
    scheme: string,
    motion: "reduce" | "no-preference" = "no-preference",
  ): Promise<void> {
    await this.ask("Emulation.setDeviceMetricsOverride", {
      width,
      height: 800,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.ask("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: motion },
      ],
    });
  }

  /** @throws Error with what the browser said */
  async ask(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const session = this.#session === "" ? {} : { sessionId: this.#session };
    const message = await new Promise<Message>((resolve) => {
      this.#waiting.set(id, resolve);
      (this.#process.stdio[3] as Writable).write(
        `${JSON.stringify({ id, method, params, ...session })}\0`,
      );
    });
    if (message.error) throw new Error(`${method}: ${message.error.message}`);
    return message.result ?? {};
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #hear(message: Message): void {
    if (message.id === undefined) {
      this.#told.push(message);
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}
