import type { CheckId, CheckReport, DoctorReport } from "../../src/doctor/report.js";
import type { Role } from "../../src/router/step-writer.js";

/** One row of a report. */
export function checkOf(report: DoctorReport, role: Role, id: CheckId): CheckReport {
  const check = report[role].checks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`The report has no check ${id}`);
  return check;
}

/** The failed checks, as `role id`. */
export function failedChecks(report: DoctorReport): readonly string[] {
  return rowsWith(report, "failed");
}

/** The checks with a warning, as `role id`. */
export function warnedChecks(report: DoctorReport): readonly string[] {
  return rowsWith(report, "warning");
}

function rowsWith({ small, large }: DoctorReport, status: string): readonly string[] {
  return [small, large].flatMap(({ role, checks }) =>
    checks.filter((check) => check.status === status).map(({ id }) => `${role} ${id}`),
  );
}
