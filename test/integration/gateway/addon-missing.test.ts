/** An installation that `npm ci` has made and nothing has completed: the addon of the encoders is not compiled. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** A start that fails takes half a second; on a loaded machine more. In ms. */
const START_TIMEOUT_MS = 30_000;

let installation: string;

beforeAll(() => {
  installation = mkdtempSync(join(tmpdir(), 'oriel-installation-'));
  for (const name of ['package.json', 'certs', 'gst', 'protocol', 'server']) {
    cpSync(join(root, name), join(installation, name), { recursive: true });
  }
  const packages = join(installation, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') || name === 'gstreamer-superficial') continue;
    symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
});

afterAll(() => rmSync(installation, { recursive: true }));

test('the gateway does not start, and says what is missing and what to do', async () => {
  const args = ['server/main.ts', '--source', 'test', '--port', '0'];
  const options = { cwd: installation, timeout: START_TIMEOUT_MS };
  const { code, said } = await new Promise<{ readonly code: unknown; readonly said: string }>(
    (resolve) => {
      execFile(process.execPath, args, options, (error, _, log) =>
        resolve({ code: error?.code, said: log }),
      );
    },
  );
  expect(said).toMatch(
    /oriel could not start: .*gstreamer-superficial has not been compiled .*"npm start" compiles it/,
  );
  expect(code).toBe(1);
});
