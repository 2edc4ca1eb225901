import { secretsOf } from "../writers/connection/secrets.js";
import { printableURL } from "../writers/connection/server-error.js";
import { ALL_CHECKS } from "./checks/all-checks.js";
import type { Check } from "./checks/check.js";
import { createExamination, type Examination, type ExaminedModel } from "./examination.js";
import { failed, failedWith, skipped } from "./finding.js";
import type { Pace } from "./pace.js";
import { withoutSecrets } from "./redact.js";
import type { CheckId, CheckReport, Finding, ModelHead, ModelReport } from "./report.js";

/** What was found out about one model, beside its report. */
export interface ExaminedReport {
  readonly report: ModelReport;
  /** The continuation to give the constructor; `null` for an object of the user's own, or where none is known. */
  readonly continuation: string | null;
  /** Tokens, where the server tells. */
  readonly contextSize: number | null;
  /** `null` where it could not be seen. */
  readonly pace: Pace | null;
}

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Is told each check when it is made. */
  readonly onCheck: (check: CheckReport, model: ModelHead) => void;
}

/** Makes every check of one model, one after the other. A check that fails does not end the others. */
export async function examineModel(of: ExaminedModel, limits: Limits): Promise<ExaminedReport> {
  const examination = createExamination(of);
  const head = headOf(examination);
  const checks: CheckReport[] = [];
  /** What cannot be relied on, by what failed first. */
  const blocked = new Map<CheckId, CheckId>();
  for (const check of ALL_CHECKS) {
    limits.signal?.throwIfAborted();
    const blockedBy = blockerOf(check, blocked);
    const finding =
      blockedBy === null
        ? await limited(check, examination, limits)
        : skipped(`needs "${titleOf(blockedBy)}"`);
    if (blockedBy !== null) blocked.set(check.id, blockedBy);
    else if (finding.status === "failed") blocked.set(check.id, check.id);
    // A key that is a function is known only when it was called.
    const clean = withoutSecrets(finding, secretsOf(of.model));
    const made = { id: check.id, title: check.title, ...clean, blockedBy };
    checks.push(made);
    limits.onCheck(made, head);
  }
  limits.signal?.throwIfAborted();
  return reportOf(examination, checks, blocked);
}

function blockerOf({ needs }: Check, blocked: ReadonlyMap<CheckId, CheckId>): CheckId | null {
  const need = needs.find((id) => blocked.has(id));
  return need === undefined ? null : (blocked.get(need) ?? need);
}

async function reportOf(
  examination: Examination,
  checks: readonly CheckReport[],
  blocked: ReadonlyMap<CheckId, CheckId>,
): Promise<ExaminedReport> {
  // For what was asked already: nothing is sent. Made here, since Cloudflare's workers forbid it at import.
  const { signal } = new AbortController();
  const found = blocked.has("continuation") ? null : await examination.writer(signal);
  const opening = blocked.has("unfinished-thought") ? null : await examination.opening(signal);
  const named = found?.continuation;
  return {
    report: {
      ...headOf(examination),
      continuation: found?.writer.kind ?? null,
      checks,
    },
    continuation: typeof named === "string" ? named : null,
    contextSize: opening?.contextSize ?? null,
    pace: examination.pace(),
  };
}

function headOf({ role, modelName, access }: Examination): ModelHead {
  return { role, name: modelName, address: access === null ? null : printableURL(access) };
}

/** One check, with what it throws as its finding, and a limit on its time. */
async function limited(
  check: Check,
  examination: Examination,
  { timeoutMs, signal }: Limits,
): Promise<Finding> {
  const own = new AbortController();
  const onAbort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    own.abort();
  }, timeoutMs);
  try {
    const finding = await check.run(examination, own.signal);
    return late ? tooLate(timeoutMs) : finding;
  } catch (error) {
    return late ? tooLate(timeoutMs) : failedWith(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function tooLate(timeoutMs: number): Finding {
  return failed(
    `no answer within ${timeoutMs / 1000} s`,
    "Check that the server is not busy or still loading; a longer `timeoutMs` waits for it.",
  );
}

function titleOf(id: CheckId): string {
  return ALL_CHECKS.find((check) => check.id === id)?.title ?? id;
}
