import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

import type { Admittance } from '../../../server/http/gateway.ts';
import { ask, logIn, post, appPerTest, type AppUnderTest } from './app-under-test.ts';

const start = appPerTest();

async function fetchTickets(
  { origin }: AppUnderTest,
  cookie: string,
): Promise<{ webSocket: string; webTransport: string }> {
  const reply = await post(origin, '/api/ticket', { headers: { cookie } });
  return (reply.json as { tickets: { webSocket: string; webTransport: string } }).tickets;
}

interface Attempt {
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly ticket?: string;
  readonly version?: number;
}

/** Opens a WebSocket; resolves with it, or with the status and code of the refusal. */
function open(
  server: AppUnderTest,
  attempt: Attempt,
): Promise<WebSocket | { status: number; code: string; retryAfter: string | undefined }> {
  const {
    path = '/dtf/1',
    ticket = '',
    protocols = ['dtf.1', `ticket.${ticket}`],
    headers = {},
    version = 13,
  } = attempt;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, [...protocols], {
    headers: { origin: server.origin, ...headers },
    protocolVersion: version,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        const { error } = JSON.parse(body) as { error: { code: string } };
        resolve({
          status: response.statusCode ?? 0,
          code: error.code,
          retryAfter: response.headers['retry-after'],
        });
      });
    });
  });
}

test('cookie, Origin and ticket together open a WebSocket, which carries the grant', async () => {
  const server = await start();
  const cookie = await logIn(server, 'viewer');
  const { webSocket } = await fetchTickets(server, cookie);
  const socket = await open(server, { ticket: webSocket, headers: { cookie } });
  if (!(socket instanceof WebSocket)) throw new Error(`expected a socket, got ${socket.code}`);
  expect(socket.protocol).toBe('dtf.1');
  expect(socket.extensions).toBe('');
  const [connection] = server.connections;
  expect(connection?.grant).toMatchObject({ role: 'viewer' });
  connection?.socket.send(Buffer.of(1, 2, 3));
  const [message] = (await once(socket, 'message')) as [Buffer];
  expect([...message]).toEqual([1, 2, 3]);
});

test('a ticket opens one WebSocket, for 15 s, and not one of WebTransport', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const headers = { cookie };
  const first = await fetchTickets(server, cookie);
  expect(await open(server, { ticket: first.webSocket, headers })).toBeInstanceOf(WebSocket);
  expect(await open(server, { ticket: first.webSocket, headers })).toMatchObject({
    status: 401,
    code: 'ticketRefused',
  });
  expect(await open(server, { ticket: first.webTransport, headers })).toMatchObject({
    status: 401,
    code: 'ticketRefused',
  });
  const late = await fetchTickets(server, cookie);
  server.clock.ms += 15_000;
  expect(await open(server, { ticket: late.webSocket, headers })).toMatchObject({
    status: 401,
    code: 'ticketRefused',
  });
  expect(server.connections).toHaveLength(1);
});

test('a ticket of one login is refused with the cookie of another', async () => {
  const server = await start();
  const [own, other] = [await logIn(server), await logIn(server)];
  const { webSocket } = await fetchTickets(server, own);
  expect(await open(server, { ticket: webSocket, headers: { cookie: other } })).toMatchObject({
    code: 'ticketRefused',
  });
});

test.each([
  ['without a cookie', { headers: { cookie: '' } }, 401, 'loginRequired'],
  ['from a foreign page', { headers: { origin: 'https://evil.example' } }, 403, 'originRefused'],
  ['under a foreign name', { headers: { host: 'rebound.example' } }, 403, 'hostRefused'],
  ['at another path', { path: '/dtf/2' }, 404, 'notFound'],
  ['without a ticket', { protocols: ['dtf.1'] }, 400, 'badRequest'],
  ['without our subprotocol', { protocols: ['other'] }, 400, 'badRequest'],
  ['with an older version', { version: 8 }, 426, 'upgradeRequired'],
] as const)(
  'a request %s is refused before the upgrade and leaves the ticket',
  async (_, attempt, status, code) => {
    const server = await start();
    const cookie = await logIn(server);
    const { webSocket: ticket } = await fetchTickets(server, cookie);
    const headers = { cookie, ...('headers' in attempt ? attempt.headers : {}) };
    expect(await open(server, { ticket, ...attempt, headers })).toMatchObject({ status, code });
    expect(server.connections).toHaveLength(0);
    expect(server.refused).toEqual([code]);
    expect(await open(server, { ticket, headers: { cookie } })).toBeInstanceOf(WebSocket);
  },
);

test('two tickets are one too many', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const { webSocket, webTransport } = await fetchTickets(server, cookie);
  const protocols = ['dtf.1', `ticket.${webSocket}`, `ticket.${webTransport}`];
  expect(await open(server, { protocols, headers: { cookie } })).toMatchObject({ status: 400 });
});

test('when no more connections fit, the request is refused with a time', async () => {
  let admittance: Admittance = { type: 'admitted' };
  const server = await start({ admit: () => admittance });
  const cookie = await logIn(server);
  const { webSocket: ticket } = await fetchTickets(server, cookie);
  admittance = { type: 'full', retryAfterSeconds: 5 };
  expect(await open(server, { ticket, headers: { cookie } })).toEqual({
    status: 503,
    code: 'full',
    retryAfter: '5',
  });
});

test('messages beyond 1 MiB end the connection with 1009', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const socket = await open(server, {
    ticket: (await fetchTickets(server, cookie)).webSocket,
    headers: { cookie },
  });
  if (!(socket instanceof WebSocket)) throw new Error('expected a socket');
  server.connections[0]?.socket.on('error', () => undefined);
  socket.send(Buffer.alloc(1024 * 1024 + 1));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
});

test('closing the server cuts WebSockets', async () => {
  const server = await start();
  const cookie = await logIn(server);
  const socket = await open(server, {
    ticket: (await fetchTickets(server, cookie)).webSocket,
    headers: { cookie },
  });
  if (!(socket instanceof WebSocket)) throw new Error('expected a socket');
  const ended = once(socket, 'close');
  await server.app.close();
  await ended;
});

test('a plain request for the path, and other upgrades, are answered as requests', async () => {
  const server = await start();
  expect((await ask(server.origin, '/dtf/1')).status).toBe(426);
  const h2c = request(`${server.origin}/healthz`, {
    headers: { connection: 'upgrade', upgrade: 'h2c' },
  });
  h2c.end();
  const [response] = (await once(h2c, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
});
