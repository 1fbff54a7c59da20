import { expect, test } from 'vitest';

import { SocketLedger } from '../../../server/http/socket-ledger.ts';

const limits = {
  maxUnauthenticatedSockets: 2,
  unauthenticatedTimeoutMs: 5_000,
  answerTimeoutMs: 30_000,
};

test('a connection that says nothing has 5 s', () => {
  const ledger = new SocketLedger(limits);
  ledger.opened('a', 0);
  expect(ledger.expired(4_999)).toEqual([]);
  expect(ledger.expired(5_000)).toEqual(['a']);
  expect(ledger.size).toBe(0);
});

test('an answer has 30 s, and after it the next request 5 s again', () => {
  const ledger = new SocketLedger(limits);
  ledger.opened('a', 0);
  ledger.requested('a', 4_000);
  expect(ledger.expired(33_999)).toEqual([]);
  ledger.answered('a', 33_999);
  expect(ledger.expired(38_998)).toEqual([]);
  expect(ledger.expired(38_999)).toEqual(['a']);
});

test('for one connection more the one that waits longest goes', () => {
  const ledger = new SocketLedger(limits);
  expect(ledger.opened('a', 0)).toBeUndefined();
  expect(ledger.opened('b', 1)).toBeUndefined();
  ledger.requested('a', 2);
  expect(ledger.opened('c', 3)).toBe('b');
  expect(ledger.size).toBe(2);
});

test('when all are being answered the new one goes', () => {
  const ledger = new SocketLedger(limits);
  for (const key of ['a', 'b']) {
    ledger.opened(key, 0);
    ledger.requested(key, 0);
  }
  expect(ledger.opened('c', 1)).toBe('c');
  expect(ledger.size).toBe(2);
});

test('a connection that has shown a cookie has no deadline, takes no place and does not come back', () => {
  const ledger = new SocketLedger(limits);
  ledger.opened('a', 0);
  ledger.forget('a');
  ledger.requested('a', 1);
  ledger.answered('a', 1);
  expect(ledger.size).toBe(0);
  expect(ledger.expired(1e9)).toEqual([]);
});
