import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { setImmediate as turn } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { makeCertificate } from '../../../certs/certificate.ts';
import type { WebRtcDoor } from '../../../server/http/webrtc-door.ts';
import { appPerTest, ask, logIn, post, type AppUnderTest } from './app-under-test.ts';

/** A connection that came to the door of WebRTC, and how to say that it is known. */
interface Visitor {
  readonly socket: Socket;
  readonly onKnown: () => void;
}

const refused = { type: 'refused', status: 404, code: 'resourceUnknown', message: '' } as const;

const start = appPerTest();
const opened: Socket[] = [];

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

const startWithDoor = async (settings: Parameters<typeof start>[0] = {}) => {
  const visitors: Visitor[] = [];
  const door: WebRtcDoor = {
    offer: () => Promise.resolve(refused),
    candidates: () => refused,
    bye: () => refused,
    connected: (socket, onKnown) => visitors.push({ socket, onKnown }),
  };
  const app = await start({ ...settings, webRtc: { door: () => door, corsOrigins: [] } });
  return { app, visitors };
};

/** A connection that has sent these bytes, and what came back on it. */
const say = async ({ port }: AppUnderTest, bytes: string | Uint8Array) => {
  const socket = connect(port, '127.0.0.1');
  opened.push(socket);
  await once(socket, 'connect');
  const said = { socket, heard: '' };
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (said.heard += chunk.toString('latin1')));
  socket.write(bytes);
  return said;
};

const request = (connection: 'close' | 'keep-alive'): string =>
  `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: ${connection}\r\n\r\n`;

describe('a port that ICE shares', () => {
  it('serves HTTP in whatever pieces it comes', async () => {
    const { app, visitors } = await startWithDoor();
    const slow = await say(app, request('close').slice(0, 1));
    for (const character of request('close').slice(1)) {
      await turn();
      slow.socket.write(character);
    }
    const several = await say(app, request('keep-alive').repeat(3) + request('close'));
    await Promise.all([once(slow.socket, 'close'), once(several.socket, 'close')]);
    expect(slow.heard).toMatch(/^HTTP\/1\.1 200/);
    expect(several.heard.match(/HTTP\/1\.1 200/g)).toHaveLength(4);
    expect(visitors).toEqual([]);
  });

  it('serves bodies, and WebSockets', async () => {
    const { app } = await startWithDoor();
    const cookie = await logIn(app);
    const reply = await post(app.origin, '/api/ticket', { headers: { cookie } });
    const { webSocket: ticket } = (reply.json as { tickets: { webSocket: string } }).tickets;
    const headers = { origin: app.origin, cookie };
    const protocols = ['dtf.1', `ticket.${ticket}`];
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}/dtf/1`, protocols, { headers });
    await once(socket, 'open');
    app.connections[0]?.socket.send(Buffer.alloc(100_000, 7));
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(message.equals(Buffer.alloc(100_000, 7))).toBe(true);
    socket.terminate();
  });

  it('serves TLS', async () => {
    const tls = await makeCertificate({ validDays: 1, hosts: ['127.0.0.1'], now: new Date() });
    const { app, visitors } = await startWithDoor({ tls });
    const answers = await Promise.all([1, 2, 3].map(() => ask(app.direct, '/healthz')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const slow = connectTls({ port: app.port, host: '127.0.0.1', rejectUnauthorized: false });
    opened.push(slow);
    await once(slow, 'secureConnect');
    expect(slow.getProtocol()).toMatch(/^TLSv1\.[23]$/);
    await say(app, Buffer.from([0, 4, 1, 2, 3, 4]));
    await expect.poll(() => visitors.length).toBe(1);
  });

  it('gives away what begins with a length, whole and unread', async () => {
    const { app, visitors } = await startWithDoor();
    const bytes = Buffer.from([0, 4, 1, 2, 3, 4]);
    const { socket } = await say(app, bytes.subarray(0, 1));
    await expect.poll(() => visitors.length).toBe(1);
    socket.write(bytes.subarray(1));
    const chunks: Buffer[] = [];
    visitors[0]?.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await expect.poll(() => Buffer.concat(chunks)).toEqual(bytes);
    visitors[0]?.socket.write('hello');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('hello');
  });

  it('keeps nobody longer than usual who says nothing, too little or is not known', async () => {
    const { app, visitors } = await startWithDoor();
    const silent = await say(app, '');
    const unknown = await say(app, Buffer.from([0, 4]));
    const known = await say(app, Buffer.from([0, 5]));
    await expect.poll(() => visitors.length).toBe(2);
    for (const { socket, onKnown } of visitors)
      if (socket.remotePort === known.socket.localPort) onKnown();
    app.clock.ms += 5_000;
    await Promise.all([once(silent.socket, 'close'), once(unknown.socket, 'close')]);
    expect(known.socket.destroyed).toBe(false);
  });

  it('lets those go who leave before they said anything, and all when it ends', async () => {
    const { app, visitors } = await startWithDoor();
    const gone = await say(app, '');
    gone.socket.end();
    await once(gone.socket, 'close');
    const reset = await say(app, '');
    reset.socket.resetAndDestroy();
    const stays = await say(app, Buffer.from([1]));
    await expect.poll(() => visitors.length).toBe(1);
    visitors[0]?.onKnown();
    const closed = once(stays.socket, 'close');
    await app.app.close();
    await closed;
  });
});
