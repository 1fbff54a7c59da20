/** The lines of docs/operations.md, run as they stand but for their port and their display. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settings } from '../../../server/config/settings.ts';
import { Gateway } from '../../support/gateway.ts';
import { startXServer } from '../../support/x-server.ts';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/operations.md'), 'utf8');

/** Blocks of commands with a start in them: what is made before it, its flags, what is asked after it. */
const examples = [...document.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) => {
  const [before = '', rest] = block.split('npm start -- ');
  if (rest === undefined) return [];
  const end = rest.indexOf('\n');
  return [{ before, flags: rest.slice(0, end), after: rest.slice(end) }];
});

/** The port of metrics unless another one is given (docs/configuration.md). */
const METRICS_PORT = '9464';

/** The doctor tries every encoder, which takes 4 s; on a loaded machine more. */
const LINE_TIMEOUT_MS = 55_000;

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

describe('before the first start', () => {
  /** Runs a line of the document in the repository, by npm as it says; with what it ended. */
  const runLine = (line: string): Promise<{ readonly code: unknown; readonly said: string }> =>
    new Promise((resolve) => {
      execFile('sh', ['-c', line], { cwd: root, timeout: LINE_TIMEOUT_MS }, (error, said, log) =>
        resolve({ code: error?.code ?? 0, said: said + log }),
      );
    });

  /** The line or the words in backquotes that begin so. */
  const line = (beginning: string): string => {
    const found = document.split(/\n|`/).find((words) => words.startsWith(beginning));
    if (found === undefined) throw new Error(`the document does not say ${beginning}`);
    return found;
  };

  test('the doctor looks at everything and finds nothing to repair', async () => {
    const server = await startXServer();
    try {
      const examined = line('npm run doctor');
      expect(examined).toContain('--display :0 ');
      const { code, said } = await runLine(
        `${examined.replace('--display :0', `--display ${server.display}`)} --port 0`,
      );
      expect(said).toContain('Oriel can run here.');
      expect(said).toMatch(/^ok +encoder +\w+ makes h264; these encode here: /m);
      expect(code).toBe(0);
    } finally {
      await server.close();
    }
  });

  test('it ends with 1 where something has to be repaired, in words and in JSON', async () => {
    const inWords = await runLine('npm run doctor -- --prot 1');
    expect(inWords.said).toMatch(/^FAIL +settings .*did you mean --port/m);
    expect(inWords.code).toBe(1);
    const inJson = await runLine('npm run --silent doctor -- --prot 1 --json');
    expect(JSON.parse(inJson.said)).toMatchObject({ ok: false, findings: [{ level: 'fail' }] });
    expect(inJson.code).toBe(1);
  });

  test('flags and settings are listed, secrets are not', async () => {
    const help = await runLine(line('npm start -- --help'));
    expect(help.code).toBe(0);
    const listed = new Set(
      [...help.said.matchAll(/^ +--(?:no-)?([\w-]+)/gm)].map(([, flag]) => flag),
    );
    const open = settings.filter(({ isSecret }) => !isSecret);
    expect(open.map(({ flag }) => flag).filter((flag) => !listed.has(flag))).toEqual([]);
    const secret = 'a secret of the tests';
    const printed = await runLine(
      `ORIEL_PASSWORD='${secret}' ${line('npm start -- --print-config')}`,
    );
    expect(printed.code).toBe(0);
    expect(printed.said).toContain('"frameRate"');
    expect(printed.said).not.toContain(secret);
  });
});
