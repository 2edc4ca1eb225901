import { parseArgs } from "node:util";
import Table from "cli-table3";
import pc from "picocolors";
import { type DoctorOptions, diagnose } from "../doctor/diagnose.js";
import type { CheckStatus, DoctorReport, ModelReport } from "../doctor/report.js";
import type { ContinuationName } from "../writers/continuations.js";
import { loadPair } from "./load-pair.js";
import { UsageError } from "./usage-error.js";

/** Characters of a line where the terminal does not say. */
const WIDTH = 110;

const TINTS: Readonly<Record<CheckStatus, (text: string) => string>> = {
  ok: pc.green,
  warning: pc.yellow,
  failed: pc.red,
  skipped: pc.dim,
};

/** `glimprouter doctor`: can these two models route? Exit code 1 where they cannot. */
export async function runDoctor(args: string[]): Promise<void> {
  const { small, large, json, continuation, topLogprobs } = readDoctorArguments(args);
  const pair = await loadPair(small, large);
  try {
    const report = await diagnose({
      small: pair.small,
      large: pair.large,
      ...(continuation === undefined ? {} : { continuation }),
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
    });
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    if (!report.canRoute) process.exitCode = 1;
  } finally {
    await pair.dispose();
  }
}

function describe(report: DoctorReport): string {
  const parts = [modelTable(report.small), modelTable(report.large), remedies(report)];
  const verdict =
    report.snippet === null
      ? pc.red("This pair cannot route yet.")
      : `${pc.green("This pair can route.")} Paste:\n\n${report.snippet}`;
  return `${[...parts.filter((part) => part !== ""), verdict].join("\n\n")}\n`;
}

function modelTable({ role, name, address, checks }: ModelReport): string {
  const width = Math.max(80, process.stdout.columns ?? WIDTH);
  const titles = Math.max(...checks.map(({ title }) => title.length)) + 2;
  const statuses = "warning".length + 2;
  const table = new Table({
    colWidths: [titles, statuses, width - titles - statuses - 4],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  const made = checks.filter(({ blockedBy }) => blockedBy === null);
  for (const { title, status, seen } of made) table.push([title, TINTS[status](status), seen]);
  const where = address === null ? "" : ` at ${address}`;
  const head = `${pc.bold(role)}: ${name ?? "a model without a name"}${where}`;
  const left = checks.length - made.length;
  const foot = left === 0 ? "" : pc.dim(`\n${left} more checks need one that failed.`);
  return `${head}\n${table.toString()}${foot}`;
}

/** What to do, failures first. */
function remedies({ small, large }: DoctorReport): string {
  const lines = (["failed", "warning"] as const).flatMap((status) =>
    [small, large].flatMap(({ role, checks }) =>
      checks
        .filter((check) => check.status === status && check.remedy !== null)
        .map(({ title, remedy }) => `- ${TINTS[status](`${role}, ${title}`)}: ${remedy}`),
    ),
  );
  return lines.length === 0 ? "" : `What to do\n${lines.join("\n")}`;
}

interface DoctorArguments {
  readonly small?: string | undefined;
  readonly large?: string | undefined;
  readonly json: boolean;
  readonly continuation: DoctorOptions["continuation"];
  readonly topLogprobs: number | undefined;
}

function readDoctorArguments(args: string[]): DoctorArguments {
  const values = parse(args);
  const text = values["top-logprobs"];
  const topLogprobs = text === undefined ? undefined : Number(text);
  if (topLogprobs !== undefined && (!Number.isInteger(topLogprobs) || topLogprobs < 2)) {
    throw new UsageError(
      `--top-logprobs must be a whole number, 2 or more, got ${JSON.stringify(text)}.`,
    );
  }
  return { ...values, continuation: readContinuation(values.continuation), topLogprobs };
}

/** One name for both models, or `SMALL,LARGE`. An unknown name is refused later, with the list of those known. */
function readContinuation(text: string | undefined): DoctorOptions["continuation"] {
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  const [small, large = small, ...others] = names as ContinuationName[];
  if (small === undefined || large === undefined || others.length > 0 || names.includes("")) {
    throw new UsageError(
      `--continuation must be a name, or two as SMALL,LARGE, got ${JSON.stringify(text)}.`,
    );
  }
  return { small, large };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        small: { type: "string" },
        large: { type: "string" },
        continuation: { type: "string" },
        "top-logprobs": { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Try: glimprouter --help`);
  }
}
