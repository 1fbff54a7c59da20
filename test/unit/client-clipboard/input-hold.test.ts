import { expect, it } from 'vitest';
import { HOLD_MS, InputHold } from '../../../client/network/input-hold.ts';
import type { InputEvent } from '../../../protocol/input.ts';

const key = (code: number): InputEvent => ({ type: 'key', pressed: true, code, keysym: 0 });

it('lets input pass while nothing is put', () => {
  const hold = new InputHold();
  expect(hold.push([key(1)])).toEqual([key(1)]);
  expect(hold.end()).toEqual([]);
});

it('keeps it in order until what is put is there', () => {
  const hold = new InputHold();
  hold.begin(0);
  expect(hold.push([key(1)])).toEqual([]);
  expect(hold.push([key(2), key(3)])).toEqual([]);
  expect(hold.end()).toEqual([key(1), key(2), key(3)]);
  expect(hold.push([key(4)])).toEqual([key(4)]);
});

it('waits for as long as what is put gets on, and no longer', () => {
  const hold = new InputHold();
  hold.begin(0);
  expect(hold.until).toBe(HOLD_MS);
  hold.progressed(10, 600);
  expect(hold.until).toBe(600 + HOLD_MS);
  hold.progressed(10, 900);
  expect(hold.until).toBe(600 + HOLD_MS);
});

it('gives up what is put before it forgets input', () => {
  const hold = new InputHold();
  hold.begin(0);
  let passed: readonly InputEvent[] = [];
  for (let code = 0; passed.length === 0 && code < 5_000; code += 1)
    passed = hold.push([key(code)]);
  expect(passed[0]).toEqual(key(0));
  expect(hold.until).toBeUndefined();
});
