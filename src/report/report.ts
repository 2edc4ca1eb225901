import type { ReportedRun, ReportOptions } from "./reported-run.js";

/**
 * A run as ONE self-contained HTML page: the verdict in words, charts with their tables, and a reader of single
 * thoughts. It opens from a disk, asks nobody for anything, and needs no script but for that reader.
 *
 * @returns the file's content, at most 5 MB: thoughts that have no room are left out, and the page says so
 */
export async function report(reported: ReportedRun, options?: ReportOptions): Promise<string> {
  // What draws the charts is 1.3 MB: whoever makes no report loads none of it.
  const { writeReport } = await import("./write-report.js");
  return (await writeReport(reported, options)).html;
}
