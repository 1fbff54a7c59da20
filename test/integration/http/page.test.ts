import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';

import { makeCertificate } from '../../../certs/certificate.ts';
import { ask, logIn, appPerTest } from './app-under-test.ts';

const start = appPerTest();

test('the page is served, its named files for ever', async () => {
  const { origin } = await start();
  const index = await ask(origin, '/');
  expect([index.status, index.headers['content-type'], index.headers['cache-control']]).toEqual([
    200,
    'text/html; charset=utf-8',
    'no-cache',
  ]);
  const script = await ask(origin, '/assets/main-abc123.js');
  expect([script.status, script.headers['content-type']]).toEqual([
    200,
    'application/javascript; charset=utf-8',
  ]);
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('every answer carries the headers that keep the page to itself', async () => {
  const { origin, port } = await start();
  for (const path of [
    '/',
    '/nothing',
    '/healthz',
    '/api/session',
    '/%zz',
    '/assets/main-abc123.js',
  ]) {
    const { headers } = await ask(origin, path);
    const policy = String(headers['content-security-policy']);
    expect(policy, path).toContain("default-src 'none'; script-src 'self'; worker-src 'self'");
    expect(policy, path).not.toMatch(/unsafe|\*(?!;)(?! )(?!$)/);
    expect(policy, path).toContain(
      `connect-src 'self' ws://127.0.0.1:${port} wss://127.0.0.1:${port} https://127.0.0.1:*;`,
    );
    expect(policy, path).toContain(
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types oriel lit-html",
    );
    expect(headers, path).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'permissions-policy': expect.stringContaining('microphone=()') as string,
    });
    expect(headers['server'], path).toBeUndefined();
    expect(headers['access-control-allow-origin'], path).toBeUndefined();
  }
});

test.each([
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/%252e%252e%252fsecret.txt',
  '//secret.txt',
  '/./../secret.txt',
  '/..%00/secret.txt',
  '/link.txt',
  '/.hidden',
  '/%2ehidden',
  '/assets/',
  '/assets',
])('%s leads nowhere', async (path) => {
  const { origin } = await start();
  const reply = await ask(origin, path);
  expect([400, 403, 404]).toContain(reply.status);
  expect(reply.text).not.toContain('secret');
  expect(reply.json).toMatchObject({ error: { code: expect.any(String) as string } });
});

test('a person gets a sentence, a program JSON', async () => {
  const { origin } = await start();
  const headers = { accept: 'text/html,*/*' };
  const person = await ask(origin, '/nothing', { headers });
  expect([person.headers['content-type'], person.text]).toEqual([
    'text/plain; charset=utf-8',
    'there is nothing at this address\n',
  ]);
  const foreign = await ask(origin, '/', { headers: { ...headers, host: 'evil.example' } });
  expect(foreign.text).toContain('start it with --public-origins');
});

test('without a built page the server says what to do', async () => {
  const { origin } = await start({ clientDirectory: '/nonexistent' });
  const reply = await ask(origin, '/', { headers: { accept: 'text/html' } });
  expect([reply.status, reply.text]).toEqual([
    503,
    'the page has not been built; start the server with npm start, which builds it\n',
  ]);
});

test('with a certificate the server speaks https', async () => {
  const certificate = await makeCertificate({
    validDays: 10,
    hosts: ['127.0.0.1'],
    now: new Date(),
  });
  const server = await start({ tls: certificate });
  expect(server.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const cookie = await logIn(server);
  expect((await ask(server.origin, '/api/session', { headers: { cookie } })).status).toBe(200);
});

/** What a server answers to raw bytes until it closes the connection. */
async function talk(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = await dial(port);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  for (const part of parts) socket.write(part);
  await closed(socket);
  return received;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A reset is one of the ways to be closed.
  socket.on('error', () => undefined);
  // An answer that nobody reads would hold back the news that the connection is closed.
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

test('headers beyond 8 KiB are refused', async () => {
  const { port } = await start();
  const answer = await talk(
    port,
    `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'a'.repeat(9_000)}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('"code":"headersTooLarge"');
});

test.each([
  ['no HTTP at all', '\x16\x03\x01\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  [
    'two lengths',
    'POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  ],
  [
    'a length and chunks',
    'POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
])('%s is a bad request', async (_, request) => {
  const { port } = await start();
  expect(await talk(port, request)).toMatch(/^HTTP\/1\.1 400 /);
});

test('headers that arrive too slowly are refused', async () => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 600_000 };
  const { port } = await start({ limits });
  const answer = await talk(port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ');
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toContain('"code":"requestTimeout"');
});

test('a body that arrives too slowly is refused', async () => {
  const limits = { headersTimeoutMs: 100, requestTimeoutMs: 200 };
  const { port, origin } = await start({ limits });
  const head = [
    'POST /api/login HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Origin: ${origin}`,
    'Content-Type: application/json',
    'Content-Length: 100',
  ];
  const answer = await talk(port, `${head.join('\r\n')}\r\n\r\n{`);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('a connection without a cookie that says nothing, or slowly sends a body, is closed after 5 s', async () => {
  const server = await start();
  const silent = await dial(server.port);
  const slow = await dial(server.port);
  slow.write(
    'POST /api/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  );
  // The server has seen both once it answers a third.
  await ask(server.origin, '/healthz');
  server.clock.ms += 4_999;
  await ask(server.origin, '/healthz');
  expect([silent.closed, slow.closed]).toEqual([false, false]);
  server.clock.ms += 1;
  await Promise.all([closed(silent), closed(slow)]);
  expect(server.refused).toContain('requestTimeout');
});

test('a connection that has shown a cookie is not', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const socket = await dial(server.port);
  socket.write(`GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\n\r\n`);
  await once(socket, 'data');
  const silent = await dial(server.port);
  await ask(server.origin, '/healthz');
  server.clock.ms += 60_000;
  await closed(silent);
  expect(socket.closed).toBe(false);
  socket.destroy();
});

test('with 200 connections that say nothing, a login goes through', async () => {
  const server = await start();
  const silent = await Promise.all(Array.from({ length: 200 }, () => dial(server.port)));
  const cookie = await logIn(server);
  expect((await ask(server.origin, '/api/session', { headers: { cookie } })).status).toBe(200);
  await Promise.all(silent.slice(0, 130).map(closed));
  expect(silent.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(64);
  for (const socket of silent) socket.destroy();
});

test('localhost is watched on each of its addresses', async () => {
  const server = await start({ host: 'localhost' });
  const socket = connect(server.port, 'localhost');
  await once(socket, 'connect');
  await ask(server.origin, '/healthz');
  server.clock.ms += 5_000;
  await closed(socket);
});

test('closing cuts what is open and ends', async () => {
  const server = await start();
  const socket = await dial(server.port);
  await ask(server.origin, '/healthz');
  await server.app.close();
  await closed(socket);
  await server.app.close();
});
