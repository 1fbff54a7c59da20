/** The lines of docs/operations.md that start a gateway and ask it something, run as they stand but for their port. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Gateway } from '../../support/gateway.ts';

const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/** Blocks of commands with a start in them: what is made before it, its flags, what is asked after it. */
const examples = [...document.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) => {
  const [before = '', rest] = block.split('npm start -- ');
  if (rest === undefined) return [];
  const end = rest.indexOf('\n');
  return [{ before, flags: rest.slice(0, end), after: rest.slice(end) }];
});

/** The port of metrics unless another one is given (docs/configuration.md). */
const METRICS_PORT = '9464';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-operations-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

async function run(lines: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-ec', lines], { cwd: directory });
  return stdout;
}

/** A file that a flag names is the one that was made before. */
const placed = (flag: string, before: string): string =>
  before.includes(`> ${flag}\n`) ? join(directory, flag) : flag;

test('there are examples', () => {
  expect(examples.map(({ flags }) => flags)).toContain('--metrics');
  expect(examples.length).toBeGreaterThanOrEqual(3);
});

test.each(examples)('npm start -- $flags', async ({ before, flags, after }) => {
  await run(before);
  const given = flags.split(' ').map((flag) => placed(flag, before));
  const ownPort = flags.includes('--metrics') ? ['--metrics-port', '0'] : [];
  const gateway = await Gateway.start(['--source', 'test', ...given, ...ownPort]);
  try {
    const served = gateway.log.find((line) => line.includes('metrics are served')) ?? '{}';
    const { port = 0 } = JSON.parse(served) as { readonly port?: number };
    const told = await run(after.replaceAll(METRICS_PORT, String(port)));
    if (after.includes('/metrics')) expect(told).toContain('\noriel_encoder_running{');
  } finally {
    expect(await gateway.terminate()).toBe(0);
  }
});
