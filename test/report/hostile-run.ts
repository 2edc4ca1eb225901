import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import type { ReportedRun } from "../../src/report/reported-run.js";
import { madeRun } from "./made-run.js";

/** What a model, or a data set, may hold to break out of a page. Each sets `hacked` where it is obeyed. */
const ATTACKS = [
  "</script><script>hacked=1</script>",
  "<img src=x onerror=hacked=1>",
  "<svg onload=hacked=1><style>*{display:none}</style>",
  '"\' onfocus=hacked=1 autofocus x="',
  "<!--<script>",
  "]]><b>&lt;i&gt;&#60;u>",
  "\u202egnp.exe\u202c \u2066\u2069",
  "\u0000\u0007\u001b[2J\r\u0085\ud800",
  "\u2028\u2029",
  "javascript:hacked=1",
  "{{constructor.constructor('hacked=1')()}} `hacked=1`",
] as const;

/** All of them, in one text. */
export const HOSTILE = ATTACKS.join(" ");

/** A run whose every text is hostile, and whose names are those of every object's own fields. */
export async function hostileRun(): Promise<ReportedRun> {
  const made = await madeRun(8);
  const { run, summary } = made;
  const nameOf = (arm: string) =>
    arm === "once" ? "__proto__" : `${arm}${arm === "routed-again" ? HOSTILE : ""}`;
  const idOf = (problem: string) =>
    problem.endsWith("1")
      ? "__proto__"
      : problem.endsWith("2")
        ? "constructor"
        : `${problem} ${HOSTILE}`;
  const model = { name: HOSTILE, server: HOSTILE, version: HOSTILE, fingerprint: HOSTILE };
  return {
    run: {
      ...run,
      id: HOSTILE,
      models: { small: model, large: model },
      arms: run.arms.map(({ arm }) => ({ arm: nameOf(arm), about: HOSTILE, settings: {} })),
      machine: { [HOSTILE]: HOSTILE },
      arguments: [HOSTILE],
      checker: HOSTILE,
    },
    summary: {
      ...summary,
      arms: summary.arms.map((each) => ({ ...each, arm: nameOf(each.arm), about: HOSTILE })),
      verdict: summary.verdict && { ...summary.verdict, words: HOSTILE },
      notes: [HOSTILE],
    },
    *records() {
      for (const record of made.records() as Iterable<EvalRecord>) {
        yield hostile(record, idOf(record.problem), nameOf(record.arm));
      }
    },
    *problems() {
      for (const { id } of (made.problems?.() ?? []) as Iterable<{ id: string }>) {
        yield { id: idOf(id), prompt: HOSTILE, answer: HOSTILE };
      }
    },
  };
}

function hostile(record: EvalRecord, problem: string, arm: string): EvalRecord {
  return {
    ...record,
    problem,
    arm,
    extracted: HOSTILE,
    why: HOSTILE,
    stopReason: HOSTILE,
    answer: HOSTILE,
    thought: record.thought && HOSTILE,
    error: { reason: HOSTILE, message: HOSTILE },
    steps: record.steps.map((step) => ({
      ...step,
      text: `${HOSTILE} and on`,
      verified: { by: HOSTILE, value: 1, accepted: false },
      decisions: step.decisions.map((decision) => ({
        ...decision,
        point: HOSTILE,
        token: ATTACKS[0],
        candidates: ATTACKS.slice(0, 5).map((attack) => [attack, 0.2]),
      })),
    })),
  };
}
