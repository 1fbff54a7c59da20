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
import type { NetworkRun } from './network-run.ts';
import { networkTables } from './network-tables.ts';
import type { Machine } from './report.ts';

/** What the page is made from. */
interface Results {
  readonly time: string;
  readonly machine: Machine;
  readonly details: readonly NetworkRun[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const results = join(root, 'bench-results');

function newest(): string {
  const names = readdirSync(results).filter((name) => name.endsWith('.json'));
  const found = names.sort().findLast((name) => read(join(results, name)).details.length > 0);
  if (found === undefined) throw new Error('no results yet; run: npm run bench:network');
  return join(results, found);
}

function read(path: string): Results {
  return { details: [], ...(JSON.parse(readFileSync(path, 'utf8')) as Omit<Results, 'details'>) };
}

function page({ time, machine, details }: Results): string {
  const seconds = Math.round((details[0]?.durationMs ?? 0) / 1_000);
  return `# Performance on bad networks

<!-- Made by \`node test/bench/performance-page.ts\` from what \`npm run bench:network\` measured. Do not edit. -->

Measured on ${time.slice(0, 10)}: ${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, ${machine.system}, Node
${machine.node}. Everything runs on this one machine: the desktop, the encoder (x264), the gateway, the emulated network, and Chromium, which
decodes on the processor. The load column says how busy it was: above ${machine.cores} the figures say more about the machine than about the network.

## Method

- The real gateway and real headless Chromium live in network namespaces of their own. A small program (\`test/lab/link.c\`) carries every
  packet between them: one queue with a byte limit, a rate, loss, delay and jitter for each direction, all from one seed. Tests measure its
  delay, rate and loss from outside (\`test/integration/lab\`).
- The queue holds 300 ms of the rate (RFC 8867). TCP uses cubic unless the row says bbr, whatever the machine's default is.
- A program paints moving text and its clock on the private desktop, 1280 × 720, 60 pictures a second; the encoder wants 8 Mbit/s. Each run
  takes ${seconds} s after 5 s of warming up.
- **video** and **audio**: milliseconds from capture until the last byte is at the client. The encoder's time is in it, and so is the path's own
  (one way, in the heading). **glass**: from painted on the desktop to drawn on the canvas. **freezes**: gaps of more than 100 ms between new
  pictures.
- **plain** and **selkies** are synthetic senders of the same frame rate and bitrate over a WebSocket, without capture, encoder and decoder, so
  that their figures are better than those of a whole program: \`plain\` writes each frame at once; \`selkies\` adds selkies' published flow
  control (stop at 2 s behind, acknowledgements every 50 ms, a look every 500 ms).

${networkTables(details)}
## Again

\`\`\`
npm run bench:network                                   # as root; a quarter of an hour
npm run bench:network -- --scenario step --seconds 60
node test/bench/performance-page.ts                     # this page, from the newest results
\`\`\`
`;
}

async function main([given]: readonly string[]): Promise<void> {
  const measured = read(given ?? newest());
  const images = join(root, 'docs', 'images');
  mkdirSync(images, { recursive: true });
  for (const { file, svg } of plotsOf(measured.details)) writeFileSync(join(images, file), svg);
  const path = join(root, 'docs', 'performance.md');
  const style = { ...(await resolveConfig(path)), parser: 'markdown' };
  writeFileSync(path, await format(page(measured), style));
}

await main(process.argv.slice(2));
