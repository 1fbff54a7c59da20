import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { settings } from '../../../server/config/settings.ts';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/operations.md'), 'utf8');
const unit = readFileSync(join(root, 'docker/systemd/oriel.service'), 'utf8');

/** What the commands of the document give to the server or the doctor. */
const commandLines = [...document.matchAll(/^npm (?:start|run doctor) -- (.+)$/gm)].map(
  ([, flags = '']) => flags,
);

it('has commands', () => {
  expect(commandLines.length).toBeGreaterThanOrEqual(3);
});

it.each(commandLines)('the server takes %s', (flags) => {
  const cwd = mkdtempSync(join(tmpdir(), 'oriel-operations-'));
  try {
    for (const secret of ['metrics-token', 'login-key']) {
      writeFileSync(join(cwd, secret), `${'x'.repeat(44)}\n`);
    }
    expect(loadConfig({ argv: flags.split(' '), env: {}, cwd }).type).toBe('run');
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

it('names flags that there are', () => {
  const known = new Set([...settings.map(({ flag }) => flag), 'help', 'print-config', 'json']);
  const named = [...document.matchAll(/`--([a-z-]+)/g)].map(([, flag = '']) => flag);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((flag) => !known.has(flag))).toEqual([]);
});

it('names variables that there are, and so does the systemd unit', () => {
  const ofHooks = ['EVENT', 'SESSION', 'ROLE', 'TRANSPORT', 'SESSIONS'].map(
    (name) => `ORIEL_${name}`,
  );
  const known = new Set([...settings.map(({ variable }) => variable), 'ORIEL_CONFIG', ...ofHooks]);
  const named = `${document}\n${unit}`.match(/\bORIEL_[A-Z_]+/g) ?? [];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
