import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  SessionCode,
  sessionCodeFromWebSocket,
  webSocketCloseCode,
} from '../../protocol/errors.ts';
import { flowId, sequence } from '../../protocol/flow.ts';
import { maxFragmentBytes } from '../../protocol/limits.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import { micros, micros32, millis } from '../../protocol/time.ts';
import { createClock, type Clock } from '../../server/session-clock.ts';
import { WebSocketTransport } from '../../server/transport/websocket.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { openWebSocket, type WebSocketConnection } from '../support/websocket-connection.ts';
import type { Connection } from './conformance-peer.ts';
import { SendingSession } from './sending-session.ts';
import { transportConformance } from './transport.conformance.ts';
import { UnitPeer } from './unit-peer.ts';

interface WebSocketUnderTest extends Connection {
  readonly peer: UnitPeer;
  readonly connection: WebSocketConnection;
}

const connect = async (clock: Clock): Promise<WebSocketUnderTest> => {
  const connection = await openWebSocket(
    (socket) => new WebSocketTransport({ socket, clock, logger: silentLogger }),
  );
  const { client, result: server } = connection;
  client.binaryType = 'nodebuffer';
  const closed = new Promise<{ code: number | undefined; reason: string }>((resolve) => {
    client.on('close', (code, reason) =>
      resolve({ code: sessionCodeFromWebSocket(code), reason: reason.toString() }),
    );
  });
  client.on('error', () => undefined);
  const peer = new UnitPeer({
    send: (unit) => client.send(unit),
    setReading: (isReading) => (isReading ? client.resume() : client.pause()),
    close: (code, reason) => client.close(webSocketCloseCode(code as SessionCode), reason),
    vanish: () => connection.goDark(),
    closed,
  });
  client.on('message', (data) => peer.take(data as Buffer));
  if (client.readyState !== client.OPEN) await once(client, 'open');
  return { server, peer, connection, dispose: () => connection.close() };
};

transportConformance('websocket', connect);

const template: MessageHeader = {
  flow: flowId(2),
  seq: sequence(0),
  captureTime: micros(0),
  budget: millis(0),
  key: true,
  discardable: false,
  recovery: false,
  late: false,
  epoch: false,
  layer: { temporal: 0, spatial: 0, priority: 1 },
  dependency: 0,
  extensions: [],
};

const open = async (): Promise<WebSocketUnderTest> => {
  const underTest = await connect(createClock());
  onTestFinished(async () => {
    underTest.server.close(SessionCode.ok, 'test is over');
    await underTest.dispose();
  });
  underTest.server.start(
    { next: () => undefined },
    {
      control: () => undefined,
      message: () => undefined,
      acknowledged: () => undefined,
      sent: () => undefined,
    },
  );
  return underTest;
};

test('a text message is a breach of the protocol', async () => {
  const { server, connection, peer } = await open();
  connection.client.send('hello');
  expect(await server.closed).toMatchObject({ code: SessionCode.protocol });
  expect(await peer.closed).toEqual({
    code: SessionCode.protocol,
    reason: 'message: expected binary, got text',
  });
});

test('an acknowledgement beyond what was sent is fatal', async () => {
  const { server, peer } = await open();
  peer.sendControl({
    type: 'ack',
    cumulativeBytes: 1,
    echo: micros32(0),
    received: micros32(0),
    hold: micros(0),
  });
  expect(await server.closed).toMatchObject({ code: SessionCode.protocol });
});

test('a message above the payload limit of the socket ends with LIMIT', async () => {
  const { server, connection } = await open();
  connection.client.send(new Uint8Array(1024 * 1024 + 1));
  expect(await server.closed).toMatchObject({ code: SessionCode.limit });
});

test('a broken connection is no clean end', async () => {
  const { server, connection } = await open();
  connection.client.terminate();
  expect(await server.closed).toMatchObject({ code: SessionCode.internal, clean: false });
});

test('no more than one fragment waits in this process, however wide the window', async () => {
  const clock = createClock();
  const underTest = await connect(clock);
  onTestFinished(() => underTest.dispose());
  const { server, connection, peer } = underTest;
  const session = new SendingSession(server, clock);
  const flow = flowId(2);
  session.open(flow, 'bulk');
  peer.setReading(false);
  session.start();
  server.setWindow(1e9, { bandwidthBps: 1e9, capacityBps: 0 });
  let seq = 0;
  await vi.waitUntil(
    () => {
      const header = { ...template, flow, seq: sequence(seq++) };
      session.push({ header, payload: new Uint8Array(1_000_000) });
      return connection.accepted.bufferedAmount > 0;
    },
    { timeout: 10_000, interval: 1 },
  );
  const waiting = connection.accepted.bufferedAmount;
  session.push({ header: { ...template, flow, seq: sequence(seq) }, payload: new Uint8Array(10) });
  expect(connection.accepted.bufferedAmount).toBe(waiting);
  // A fragment, and the head of its WebSocket frame.
  expect(waiting).toBeLessThanOrEqual(maxFragmentBytes + 10);
});

test('a peer that takes no control units is closed before they fill the memory', async () => {
  const { server, connection, peer } = await open();
  peer.setReading(false);
  let sent = 0;
  const message = 'x'.repeat(1_000);
  let isOver = false;
  void server.closed.then(() => {
    isOver = true;
  });
  await vi.waitUntil(
    () => {
      for (let count = 0; count < 2_000 && !isOver; count++) {
        server.sendControl({ type: 'error', code: 0, ref: 0, message });
        sent += 1;
      }
      return isOver;
    },
    { timeout: 10_000, interval: 1 },
  );
  expect(await server.closed).toMatchObject({ code: SessionCode.limit });
  // ws keeps at most the bound, the last unit and the close frame.
  expect(connection.accepted.bufferedAmount).toBeLessThan(300_000);
  expect(sent).toBeGreaterThan(250);
});
