import { expect, test } from 'vitest';

import { isLoopback, OriginPolicy } from '../../../server/http/origin-policy.ts';

const local = new OriginPolicy({ listenHost: '127.0.0.1', publicOrigins: [], isSecure: false });
const everywhere = new OriginPolicy({ listenHost: '0.0.0.0', publicOrigins: [], isSecure: true });
const behindProxy = new OriginPolicy({
  listenHost: '10.0.0.5',
  publicOrigins: ['https://desk.example', 'http://lab.example:8080'],
  isSecure: false,
});

test.each([
  [local, 'localhost:8080', true],
  [local, 'LOCALHOST:8080', true],
  [local, '127.0.0.1', true],
  [local, '[::1]:8080', true],
  [local, 'localhost.', false],
  [local, 'localhost:8080:80', false],
  [local, 'localhost@evil.example', false],
  [local, 'localhost/evil', false],
  [local, 'evil.example', false],
  [local, '127.0.0.1.evil.example', false],
  [local, '192.0.2.1:8080', false],
  [local, '', false],
  [local, undefined, false],
  [everywhere, '192.0.2.1:8080', true],
  [everywhere, '[2001:db8::1]:8080', true],
  [everywhere, 'evil.example:8080', false],
  [behindProxy, 'desk.example', true],
  [behindProxy, 'desk.example:444', false],
  [behindProxy, 'lab.example:8080', true],
  [behindProxy, '10.0.0.5:8080', true],
  [behindProxy, '10.0.0.6:8080', false],
])('host %#: %s', (policy, host, isAllowed) => {
  expect(policy.isHostAllowed(host)).toBe(isAllowed);
});

const plain = new OriginPolicy({
  listenHost: '0.0.0.0',
  publicOrigins: ['http://lab.example', 'https://desk.example'],
  isSecure: false,
  allowsPlainHttp: true,
});

test.each([
  [plain, 'http://lab.example', 'lab.example', 'allowed'],
  [plain, 'http://192.0.2.1:8080', '192.0.2.1:8080', 'allowed'],
  [plain, 'http://evil.example', 'lab.example', 'foreign'],
  [local, 'http://localhost:8080', 'localhost:8080', 'allowed'],
  [local, 'http://localhost', 'localhost:80', 'allowed'],
  [local, undefined, 'localhost:8080', 'missing'],
  [local, 'null', 'localhost:8080', 'foreign'],
  [local, 'https://localhost:8080', 'localhost:8080', 'foreign'],
  [local, 'http://localhost:9999', 'localhost:8080', 'foreign'],
  [local, 'http://127.0.0.1:8080', 'localhost:8080', 'foreign'],
  [local, 'http://evil.example', 'localhost:8080', 'foreign'],
  [everywhere, 'https://192.0.2.1:8443', '192.0.2.1:8443', 'allowed'],
  [everywhere, 'https://192.0.2.1', '192.0.2.1:443', 'allowed'],
  [everywhere, 'http://192.0.2.1:8443', '192.0.2.1:8443', 'foreign'],
  [behindProxy, 'https://desk.example', 'desk.example', 'allowed'],
  // A proxy may ask by an address of its own.
  [behindProxy, 'https://desk.example', '10.0.0.5:8080', 'allowed'],
  [behindProxy, 'http://desk.example', '10.0.0.5:8080', 'foreign'],
  [behindProxy, 'http://lab.example:8080', 'lab.example:8080', 'insecure'],
  [behindProxy, 'http://10.0.0.5:8080', '10.0.0.5:8080', 'insecure'],
] as const)('origin %#: %s at host %s is %s', (policy, origin, host, verdict) => {
  expect(policy.judge(origin, host)).toBe(verdict);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['[::1]', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['127.0.0.1.example', false],
])('%s is loopback: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is);
});
