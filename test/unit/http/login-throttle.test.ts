import { expect, test } from 'vitest';

import { addressKey, LoginThrottle } from '../../../server/http/login-throttle.ts';

const password = (address: string) => ({ address, kind: 'password' }) as const;
const token = (address: string) => ({ address, kind: 'token' }) as const;

test('an address has ten attempts a minute, which come back one by one', () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 10; i += 1) expect(throttle.attempt(token('a'), 0).type).toBe('allowed');
  expect(throttle.attempt(token('a'), 0)).toEqual({ type: 'delayed', retryAfterMs: 6_000 });
  expect(throttle.attempt(token('b'), 0).type).toBe('allowed');
  expect(throttle.attempt(token('a'), 5_999)).toEqual({ type: 'delayed', retryAfterMs: 1 });
  expect(throttle.attempt(token('a'), 6_000).type).toBe('allowed');
  expect(throttle.attempt(token('a'), 6_000).type).toBe('delayed');
});

test('the password has five attempts a minute from wherever they come; links are not held up', () => {
  const throttle = new LoginThrottle();
  for (const address of 'abcde')
    expect(throttle.attempt(password(address), 0).type).toBe('allowed');
  expect(throttle.attempt(password('f'), 0)).toEqual({ type: 'delayed', retryAfterMs: 12_000 });
  expect(throttle.attempt(token('f'), 0).type).toBe('allowed');
});

test('an address where the password was right before is not held up by the guesses of others', () => {
  const throttle = new LoginThrottle();
  throttle.attempt(password('home'), 0);
  throttle.succeeded(password('home'));
  for (const address of 'abcde') throttle.attempt(password(address), 0);
  expect(throttle.attempt(password('f'), 0).type).toBe('delayed');
  expect(throttle.attempt(password('home'), 0).type).toBe('allowed');
});

test('right attempts do not count', () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 100; i += 1) {
    expect(throttle.attempt(token('a'), 0).type).toBe('allowed');
    throttle.succeeded(token('a'));
  }
});

test('a delayed attempt does not make the delay longer', () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 1_000; i += 1) throttle.attempt(token('a'), 0);
  expect(throttle.attempt(token('a'), 6_000).type).toBe('allowed');
});

test('more addresses than are remembered still leave the limit of the password', () => {
  const throttle = new LoginThrottle();
  let allowed = 0;
  for (let i = 0; i < 20_000; i += 1) {
    if (throttle.attempt(password(`10.0.${i >> 8}.${i & 255}`), 0).type === 'allowed') allowed += 1;
  }
  expect(allowed).toBe(5);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:1:2::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
