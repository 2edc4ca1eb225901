/** Tells what a run saw, for docs/servers/vllm.md: numbers that no test can demand of a busy machine. */
export function report(title: string, seen: Readonly<Record<string, unknown>>): void {
  const lines = Object.entries(seen).map(
    ([name, value]) => `  ${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  process.stdout.write(`${[`SEEN ${title}`, ...lines].join("\n")}\n`);
}
