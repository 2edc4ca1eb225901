/** The known name that a misspelt one was meant to be, `null` where none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const meant = name.toLowerCase();
  const ranked = known
    .map((each) => ({ each, distance: editDistance(meant, each.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  const isNear = best !== undefined && best.distance <= Math.max(2, Math.floor(name.length / 3));
  return isNear && best.distance < best.each.length ? best.each : null;
}

/** Letters to add, drop or change (Levenshtein), a row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}
