import { readFileSync } from "node:fs";
import { reportError } from "./report-error.js";
import { show, shown, write } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const HELP = `glimprouter: two language models share one chain of thought

Usage
  glimprouter ask "QUESTION" [options]   stream the thought, each step tinted by its writer, then the answer
  glimprouter ask - [options]            the same, with the question on standard input
  glimprouter demo [options]             small only, large only and routed, side by side
  glimprouter doctor [options]           can two models route? exit code 1 where they cannot
  glimprouter calibrate [options]        does routing gain on your pair, and above which threshold? exit code 1 where
                                         no gain is shown
  glimprouter eval -o FOLDER [options]   does routing help, on problems of your own?
  glimprouter report RUN [options]       a run of eval as one HTML file: verdict, charts, single thoughts
  glimprouter serve [options]            two models as one, for every client that speaks OpenAI's protocol

Options of ask and doctor
  --small MODEL      a GGUF path, an hf: URI, ollama:NAME, or BASE_URL#NAME of an OpenAI-compatible server
  --large MODEL      likewise            (without both: two tiny models of this package, see --pair)
  --continuation KIND, or SMALL,LARGE    how the models go on with a thought      (default auto)
  --top-logprobs K                       candidates of a glimpse                  (default 20)
  --json             one JSON object; of ask also where it fails: {"error": ...}

Options of doctor
  --verify JUDGE     score, self or likelihood: how many of large's own steps it would reject, by threshold
                     (--threshold VALUE is one of the table's then)
  --calibration FILE are the two models still those that were calibrated?

Options of ask, doctor, demo and serve
  --pair NAME        tape (two calculators) or words (they solve word problems)
                                                       (default tape; of demo and serve: words)

Options of ask and demo
  --threshold VALUE  the large model takes over above this value, of --point's (default 1; also --tau)
  --point NAME       where in a step that is decided, and by what: stepStart, firstTokens:3,
                     span:=:number, stepEnd:meanEntropy, ...             (default stepStart: H_init in nats)
  --calibration FILE in place of --threshold, --point and --verify: what calibrate has written for these models
  --verify BY        each step by small is judged, by score (large), self or likelihood (large)
  --verify-threshold DOUBT               above it large writes the step: 0 to 1, likelihood in nats
  --verify-when WHEN always, or doubtful: only where the step would be handed over       (default always)
  --close-when RULE  a thought that is done is closed: closeMargin:NATS, or
                     answerEntropy:DELTA[:every=1][:alpha=0.2][:warmUp=20][:lead=TEXT]
  --min-thought-tokens N                 not before so many tokens                        (default 0)

Options of ask
  --glimpse MODE     fused or probe                                      (default fused)
  --first-token-timeout SECONDS          end where nobody writes a token          (default 60)

Options of calibrate, beside --small, --large, --pair, --continuation, --top-logprobs and --json
  --data FILE        .jsonl, .csv or langsmith:NAME     (default: held-out problems of the embedded pair)
  --checker NAME     exact, choice, number, boxed, json, or a JavaScript file; without: a threshold, no verdict
  --target WHAT      what large may write: steps=0.25, largeTokens=0.2 or cost=0.25    (default steps=0.25)
  --menu NAMES       signals: default, points, below:POINT, blend, verify:score, verify:self, verify:likelihood
  --label WHAT       what a signal should tell: gain, neutral or numbers               (default gain)
  --margin D         the least gain that is worth something                            (default 0.02)
  --draws N          replies by chance, for each problem to choose on and kind of place            (default 4)
  --branches N       steps of small's own thought, for each of them, that are answered both ways: greedy models alone
                                                           (default 1 with greedy models and --label gain, else 0)
  --work DIR         keeps every reply: the same command goes on where it was stopped
  -o FILE            the calibration                                       (default calibration.json)
  --limit N, --seed N, --skip-invalid, --yes

Options of calibrate and eval
  --temperature T    of both models, 0 is greedy                         (default: the server's own; 0 for a file)
  --no-thinking      models without thinking tags: the steps are the reply itself
  --max-thought-tokens N                 (default 8192)
  --max-answer-tokens N                  (default 2048; with --no-thinking that of the whole reply)
  --concurrency N    problems under way at once           (default 8; 2 with models in this process)
  --first-token-timeout SECONDS          how long a server may read a prompt        (default 300)
  --stall-timeout SECONDS                how long it may be silent between two tokens            (default 60)

Options of eval, beside those of ask: it keeps what it does in FOLDER, and goes on there when it is run again
  --data FILE        .jsonl, .csv or langsmith:NAME     (default: held-out problems of the embedded pair)
  --checker NAME     exact, choice, number, boxed, json, or a JavaScript file
  --arms NAMES       default, large, small, small-thought, routed, routed-again, random:RATE:SEED, first-steps:N,
                     once, early-exit, probe, verify-score, verify-self, large-draft, routed-draft (default default)
  --large-draft WHAT large once more, with something that writes ahead of it: small, lookup or a GGUF file for a
                     large in this process; the address of a server that speculates, as URL#NAME
  --calibration FILE more than once: the first is routed, each further one routed@POINT
  --rates, --doubt   shares that random hands over; the threshold of verify-score and verify-self
  --quality          many at once, greedy texts shared between arms: no latencies     (default)
  --latency          one reply after the other, arms in turns; then --at-once 1,8,32
  --repeats N        at the models' own temperature                                   (default 1)
  --primary ARM, --margin D              what the verdict is about, and the least gain that is worth something
  --prices JSON      or a file: {"small": {"input", "cachedInput", "output"}, "large": ...}, for a million tokens
  --limit N, --seed N, --skip-invalid, --yes
  --require          exit code 1 where the routed arm does not gain

Options of report
  -o, --output FILE  where it is written                        (default RUN/report.html)
  --thoughts N       problems whose thoughts can be read        (default 40; disagreements first)
  --redact-prompts   without prompts and expected answers
  --json             what was written, and the verdict

Options of serve, beside --small, --large, --continuation, --top-logprobs and how a thought is shared (of ask and demo)
  --warm MODELS      large, or both: while one model writes, the other one's server reads the thought ahead
  --port N           0: any that is free                                              (default 8787)
  --host ADDRESS     others than this machine's own want a key                        (default 127.0.0.1)
  --api-key-env NAME the environment variable that holds the key
  --max-concurrency N                    replies at once; others wait  (default 64; 2 with models in this process)
  --cors ORIGIN      web pages from there may ask
  --reasoning-field WHERE                reasoning_content, reasoning, think-tags or none
  --no-page          nothing at / (else a page to watch a thought)
  --grace SECONDS    for open replies, after SIGTERM                                  (default 30)

  --help, --version

An API key for servers is read from OPENAI_API_KEY. NO_COLOR switches colours off.
`;

/** Commands by name; each reads its own arguments, and is loaded when it is wanted: `--help` waits for none. */
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  ask: async (args) => (await import("./ask.js")).runAsk(args),
  calibrate: async (args) => (await import("./calibrate.js")).runCalibrate(args),
  eval: async (args) => (await import("./eval.js")).runEval(args),
  demo: async (args) => (await import("./demo.js")).runDemo(args),
  doctor: async (args) => (await import("./doctor.js")).runDoctor(args),
  report: async (args) => (await import("./report.js")).runReport(args),
  serve: async (args) => (await import("./serve.js")).runServe(args),
};

/**
 * Runs a command line, and tells what went wrong.
 *
 * @returns the exit code of a failure, `null` for none: then it is what the command has left in `process.exitCode`
 */
export async function runCommand(given: readonly string[]): Promise<number | null> {
  try {
    await runNamed(given);
    return null;
  } catch (error) {
    return reportError(error, { json: given.includes("--json") });
  }
}

async function runNamed([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    write(shown(HELP));
    return;
  }
  if (name === "--version") {
    write(show`${packageVersion()}\n`);
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    throw new UsageError(`No command ${JSON.stringify(name)}. Try: glimprouter --help`);
  }
  if (args.includes("--help") || args.includes("-h")) write(shown(HELP));
  else await command(args);
}

/** The same two folders up from src/cli and from dist/cli. */
function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
