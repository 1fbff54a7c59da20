/** Names further away than two edits and this share of their length are no typing error (guess; `--hots` is found). */
const MAX_DISTANCE_SHARE = 0.4;

/**
 * The name that somebody who typed `given` most likely meant: the one with the fewest edits, or one that contains every
 * word of it (`bitrate` finds `video-bitrate-kbps`). Case and word separators do not count.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const words = toWords(given);
  const typed = words.join('-');
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of names) {
    const distance = editDistance(typed, toWords(name).join('-'));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  if (bestDistance <= Math.max(2, Math.floor(typed.length * MAX_DISTANCE_SHARE))) return best;
  return names.find((name) => words.every((word) => word !== '' && toWords(name).includes(word)));
}

function toWords(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[to.length] ?? 0;
}
