import { type RunningProcess, startProcess } from "./start-process.js";

export interface StartServerOptions {
  /** What kind of server it is, for messages. */
  readonly title: string;
  /** The server's command. */
  readonly program: string;
  /** Its arguments without the ones below. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What requests call the model. */
  readonly name: string;
  readonly port: number;
  /** File for the server's output. */
  readonly log: string;
}

/** A running server. */
export interface PythonServer extends RunningProcess {
  readonly name: string;
  /** For `ChatOpenAI`. `/metrics`, `/health` and `/tokenize` live at `rootURL`. */
  readonly baseURL: string;
}

/** Starts one server and waits for its first reply. */
export async function startServer(options: StartServerOptions): Promise<PythonServer> {
  const { title, name, port } = options;
  const where = ["--served-model-name", name, "--host", "127.0.0.1", "--port", `${port}`];
  const running = await startProcess({
    ...options,
    arguments: [...options.arguments, ...where],
    health: "/health",
  });
  try {
    await warmUp(title, running.rootURL, name);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { ...running, name, baseURL: `${running.rootURL}/v1` };
}

/** The first request with log-probabilities compiles a kernel: 2 to 10 s that no test should see. */
async function warmUp(title: string, rootURL: string, model: string): Promise<void> {
  const reply = await fetch(`${rootURL}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, prompt: "1", max_tokens: 2, logprobs: 20 }),
  });
  // A server with a key of its own says so, and is up.
  if (reply.ok || reply.status === 401) return;
  throw new Error(`${title}'s first reply is ${reply.status}: ${await reply.text()}`);
}
