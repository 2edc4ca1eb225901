import { availableParallelism, cpus, loadavg } from "node:os";

/** The machine, and how busy it was when the measurement began: figures without them mean little. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${date} UTC, ${availableParallelism()} cores of ${model}, Node ${process.versions.node}, ${process.platform} ${process.arch}, load average ${load} at the start`;
}
