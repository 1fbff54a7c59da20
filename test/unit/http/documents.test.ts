import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

import { SessionCode, webSocketCloseCode } from '../../../protocol/errors.ts';
import { faults } from '../../../server/http/fault.ts';
import { signalingFaults } from '../../../server/signaling/signaling-fault.ts';

const document = readFileSync(resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('docs/errors.md lists every HTTP code with its status, and no other', () => {
  const listed = rows.filter((row) => /^`\w+`$/.test(row[1] ?? '')).map((row) => [row[1], row[2]]);
  const all = { ...faults, ...signalingFaults };
  const real = Object.entries(all).map(([code, { status }]) => [`\`${code}\``, String(status)]);
  expect(listed).toEqual(real);
});

test('docs/errors.md lists every session code', () => {
  const listed = rows.filter((row) => /^\d+$/.test(row[1] ?? '')).map((row) => row.slice(1, 4));
  const real = Object.entries(SessionCode).map(([name, code]) => [
    String(code),
    String(webSocketCloseCode(code)),
    `\`${name}\``,
  ]);
  expect(listed).toEqual(real);
});
