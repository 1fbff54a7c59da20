import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DECISIONS = join(import.meta.dirname, '../../../docs/adr');

test('every decision has a number of its own, the next one, also in its title', () => {
  const files = readdirSync(DECISIONS).toSorted();
  const numbers = files.map((_, index) => String(index + 1).padStart(4, '0'));
  expect(files.map((file) => file.slice(0, 4))).toEqual(numbers);
  const titles = files.map((file) => readFileSync(join(DECISIONS, file), 'utf8').slice(2, 6));
  expect(titles).toEqual(numbers);
});
