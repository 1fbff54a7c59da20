import { expect, it } from 'vitest';
import { withClosers } from '../../lab/closers.ts';

it('undoes the newest step first, also after a failure', async () => {
  const undone: string[] = [];
  const run = withClosers((closers) => {
    closers.push(() => Promise.resolve(undone.push('first')));
    closers.push(() => Promise.reject(new Error('does not close')));
    closers.push(() => Promise.resolve(undone.push('third')));
    return Promise.reject(new Error('the run failed'));
  });
  await expect(run).rejects.toThrow('the run failed');
  expect(undone).toEqual(['third', 'first']);
});

it('gives a run up that does not end', async () => {
  const undone: string[] = [];
  const run = withClosers((closers) => {
    closers.push(() => Promise.resolve(undone.push('closed')));
    return new Promise<never>(() => undefined);
  }, 20);
  await expect(run).rejects.toThrow('not finished');
  expect(undone).toEqual(['closed']);
});

it('returns what the run returned', async () => {
  await expect(withClosers(() => Promise.resolve(7))).resolves.toBe(7);
});
