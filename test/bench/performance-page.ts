/**
 * Writes docs/performance.md and its plots from what `npm run bench:network` measured:
 *
 *     node test/bench/performance-page.ts [bench-results/….json]      the newest one with network runs unless given
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { plotsOf } from './network-plots.ts';
import { networkPage, type NetworkResults } from './network-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, 'bench-results');

function newest(): string {
  const names = readdirSync(results).filter((name) => name.endsWith('.json'));
  const found = names.sort().findLast((name) => read(join(results, name)).details.length > 0);
  if (found === undefined) throw new Error('no results yet; run: npm run bench:network');
  return join(results, found);
}

type Saved = Omit<NetworkResults, 'details'> & Partial<Pick<NetworkResults, 'details'>>;

function read(path: string): NetworkResults {
  return { details: [], ...(JSON.parse(readFileSync(path, 'utf8')) as Saved) };
}

async function main([given]: readonly string[]): Promise<void> {
  const measured = read(given ?? newest());
  const images = join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  for (const { file, svg } of plotsOf(measured.details)) writeFileSync(join(images, file), svg);
  const path = join(root, 'docs', 'performance.md');
  const style = { ...(await resolveConfig(path)), parser: 'markdown' };
  writeFileSync(path, await format(networkPage(measured), style));
}

await main(process.argv.slice(2));
