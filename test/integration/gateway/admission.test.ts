import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Gateway } from '../../support/gateway.ts';
import { WebTransportClient } from '../../support/webtransport-client.ts';

/** What the gateway hands to a page for one attempt to connect. */
interface Offer {
  readonly tickets: { readonly webSocket: string; readonly webTransport: string };
  readonly webTransport: { readonly port: number; readonly certificateHashes: readonly string[] };
}

let gateway: Gateway;
let origin: string;
let usedToken: string;
let cookie: string;

/** A request as a page of `from` sends it. */
const post = (path: string, body: object, from = origin): Promise<Response> =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: from, cookie },
    body: JSON.stringify(body),
  });

const offer = async (): Promise<Offer> => (await post('/api/ticket', {})).json() as Promise<Offer>;

beforeAll(async () => {
  gateway = await Gateway.start(['--source', 'test']);
  const link = new URL(await gateway.link());
  origin = link.origin;
  usedToken = link.hash.replace('#token=', '');
  cookie = '';
  const login = await post('/api/login', { token: usedToken });
  expect(login.status).toBe(204);
  cookie = login.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
});

/** Opens a WebSocket and resolves with the status that refused it, or 101; counts what came. */
async function tryWebSocket(options: {
  readonly origin: string;
  readonly cookie: string;
  readonly ticket: string;
}): Promise<{ status: number; messages: number }> {
  const socket = new WebSocket(
    `${origin.replace('http', 'ws')}/dtf/1`,
    ['dtf.1', `ticket.${options.ticket}`],
    { headers: { origin: options.origin, cookie: options.cookie } },
  );
  let messages = 0;
  socket.on('message', () => (messages += 1));
  const refused = once(socket, 'unexpected-response').then(([, response]: unknown[]) => {
    socket.on('error', () => undefined);
    return (response as { statusCode: number }).statusCode;
  });
  const opened = once(socket, 'open').then(() => 101);
  // The one that does not happen rejects with the socket's error.
  const status = await Promise.any([refused, opened]);
  socket.terminate();
  return { status, messages };
}

describe('somebody who is not let in gets no byte of media', () => {
  it('with a wrong token, or one that was used', async () => {
    for (const token of [usedToken, 'wrong']) {
      const answer = await post('/api/login', { token });
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('over WebSocket from a foreign page, without a cookie, or with a ticket that was used', async () => {
    const { tickets } = await offer();
    const good = { origin, cookie, ticket: tickets.webSocket };
    const nothing = { messages: 0 };
    expect(await tryWebSocket({ ...good, origin: 'https://evil.example' })).toEqual({
      status: 403,
      ...nothing,
    });
    expect(await tryWebSocket({ ...good, cookie: '' })).toEqual({ status: 401, ...nothing });
    expect((await tryWebSocket(good)).status).toBe(101);
    expect(await tryWebSocket(good)).toEqual({ status: 401, ...nothing });
  });

  it('over WebTransport from a foreign page, or without a good ticket', async () => {
    const { webTransport, tickets } = await offer();
    const sha256 = Buffer.from(webTransport.certificateHashes[0] ?? '', 'base64');
    const url = `https://127.0.0.1:${webTransport.port}/dtf/1?ticket=`;
    const attempts = [
      { url: url + tickets.webTransport, origin: 'https://evil.example' },
      { url: `${url}wrong`, origin },
      { url: url + tickets.webSocket, origin },
      { url, origin },
    ];
    for (const attempt of attempts) {
      const client = await WebTransportClient.connect({ ...attempt, sha256 });
      await client.until(() => client.closed !== undefined);
      expect(client.closed).toMatchObject({ code: 3 });
      expect(client.streams).toEqual([]);
      expect(client.datagrams).toEqual([]);
    }
  });
});
