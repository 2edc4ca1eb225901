/** What a registry says of known faults in packages. `not run`: it did not answer the question. */
export interface Verdict {
  readonly is: "clean" | "found" | "not run";
  /** One line, for people. */
  readonly words: string;
}

interface AuditReport {
  readonly auditReportVersion?: unknown;
  readonly message?: unknown;
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: unknown }>>;
  readonly metadata?: {
    readonly vulnerabilities?: { readonly total?: unknown };
    readonly dependencies?: { readonly total?: unknown };
  };
}

/**
 * Reads what `npm audit --json` printed. Only a whole report that counts none is clean: a registry that refuses the
 * question, an empty answer or one that is cut says nothing.
 */
export function verdictOf(printed: string): Verdict {
  const report = parsed(printed);
  const { vulnerabilities, metadata, message } = report ?? {};
  const total = metadata?.vulnerabilities?.total;
  const asked = metadata?.dependencies?.total;
  if (
    report?.auditReportVersion !== 2 ||
    vulnerabilities === undefined ||
    typeof total !== "number" ||
    typeof asked !== "number"
  ) {
    const why = typeof message === "string" ? message : "the registry gave no report";
    return { is: "not run", words: `not run: ${why}` };
  }
  const names = Object.entries(vulnerabilities).map(
    ([name, { severity }]) => `${name} (${severity})`,
  );
  return names.length + total === 0
    ? { is: "clean", words: `clean: none known in ${asked} packages` }
    : { is: "found", words: `found: ${names.join(", ")}` };
}

function parsed(text: string): AuditReport | null {
  try {
    return JSON.parse(text) as AuditReport | null;
  } catch {
    return null;
  }
}
