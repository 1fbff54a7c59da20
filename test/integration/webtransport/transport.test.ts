import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Certificate } from '../../../certs/certificate.ts';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { flowId, Priority, sequence } from '../../../protocol/flow.ts';
import type { CompleteMessage } from '../../../protocol/fragment.ts';
import { decodeDataUnit, encodeMessage } from '../../../protocol/message.ts';
import { decodeDatagram } from '../../../protocol/redundancy.ts';
import { micros, micros32 } from '../../../protocol/time.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';
import { createClock } from '../../../server/session-clock.ts';
import type { ServerTransport } from '../../../server/transport/transport.ts';
import {
  listenWebTransport,
  type WebTransportListener,
} from '../../../server/transport/webtransport-listener.ts';
import { audioHeader, PieceQueue, plainHeader, videoHeader } from '../../support/piece-queue.ts';
import { WebTransportClient } from '../../support/webtransport-client.ts';
import { keptLog, loopbackCertificate, rwebtransport } from '../../support/webtransport-server.ts';

const clock = createClock();

/** The server's end of one connection, with everything it was told. */
class Connection {
  readonly transport: ServerTransport;
  readonly queue = new PieceQueue();
  readonly units: ControlUnit[] = [];
  readonly messages: CompleteMessage[] = [];
  sentBytes = 0;
  acknowledgedBytes = 0;

  constructor(transport: ServerTransport) {
    this.transport = transport;
  }

  start(): this {
    this.transport.start(this.queue, {
      control: (unit) => this.units.push(unit),
      message: (message) => this.messages.push(message),
      sent: (bytes) => (this.sentBytes += bytes),
      acknowledged: ({ bytes }) => (this.acknowledgedBytes += bytes),
    });
    return this;
  }
}

describe('WebTransportTransport', () => {
  let certificate: Certificate;
  let listener: WebTransportListener;
  let arrived: PromiseWithResolvers<Connection>;
  const log = keptLog();
  const clients: WebTransportClient[] = [];

  const connect = async (ticket = 'good'): Promise<WebTransportClient> => {
    const client = await WebTransportClient.connect({
      url: `https://127.0.0.1:${listener.port}/dtf/1?ticket=${ticket}`,
      sha256: certificate.sha256,
    });
    clients.push(client);
    return client;
  };
  /** A started connection whose client has its control stream open. */
  const open = async (): Promise<{
    client: WebTransportClient;
    server: Connection;
    control: number;
    send: (unit: ControlUnit) => void;
    units: () => readonly ControlUnit[];
  }> => {
    const client = await connect();
    const server = (await arrived.promise).start();
    const control = await client.open(true);
    const send = (unit: ControlUnit): void =>
      client.write(control, encodeStreamUnit(encodeControl(unit)));
    send({ type: 'ping', id: 1, t0: micros(5) });
    const units = (): readonly ControlUnit[] =>
      new StreamUnitReader().push(client.received(control));
    await client.until(() => units().length > 0);
    return { client, server, control, send, units };
  };

  beforeEach(async () => {
    arrived = Promise.withResolvers();
    certificate = await loopbackCertificate();
    listener = await listenWebTransport({
      backend: rwebtransport(log),
      certificate,
      host: '127.0.0.1',
      port: 0,
      allowedOrigins: undefined,
      clock,
      logger: log,
      authorize: (path, query) =>
        path === '/dtf/1' && query.get('ticket') === 'good' ? 'grant' : undefined,
      onTransport: (transport, grant) => {
        expect(grant).toBe('grant');
        arrived.resolve(new Connection(transport));
      },
    });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.vanish();
    await listener.close();
  });

  it('closes a client with a bad ticket at once, with AUTH', async () => {
    const client = await connect('bad');
    await client.until(() => client.closed !== undefined);
    expect(listener.openSessions).toBe(0);
    expect(log.lines).toContainEqual({ level: 'debug', message: 'webtransport session refused' });
    expect(JSON.stringify(log.lines)).not.toContain('bad');
  });

  it('answers PING by itself and hands other units on', async () => {
    const { send, server, units } = await open();
    expect(units()[0]).toMatchObject({ type: 'pong', id: 1, t0: 5 });
    send({ type: 'keyRequest', flow: flowId(2), lastDecoded: undefined, reason: 1 });
    await vi.waitFor(() => expect(server.units).toHaveLength(1));
    expect(server.units[0]).toMatchObject({ type: 'keyRequest', flow: 2 });
  });

  it('delivers what came before the start, and sends what was said before the control stream', async () => {
    const client = await connect();
    const server = await arrived.promise;
    server.transport.sendControl({ type: 'ping', id: 77, t0: micros(1) });
    const control = await client.open(true);
    const unit: ControlUnit = {
      type: 'keyRequest',
      flow: flowId(2),
      lastDecoded: undefined,
      reason: 1,
    };
    client.write(control, encodeStreamUnit(encodeControl(unit)));
    await client.until(() => client.received(control).length > 0);
    expect(decodeControl(client.received(control).subarray(1))).toMatchObject({ id: 77 });
    server.start();
    await vi.waitFor(() => expect(server.units).toHaveLength(1));
  });

  it('takes INPUT from datagrams and messages from streams', async () => {
    const { client, server } = await open();
    client.datagram(
      encodeControl({
        type: 'input',
        sendTime: micros32(1),
        first: 0,
        events: [{ type: 'pointerAbsolute', x: 3, y: 4 }],
      }),
    );
    const stream = await client.open(false);
    const payload = new Uint8Array(16_000).fill(3);
    client.write(stream, encodeMessage(micros32(9), plainHeader(1, 0, Priority.bulk), payload));
    client.finish(stream);
    await vi.waitFor(() => expect([server.units.length, server.messages.length]).toEqual([1, 1]));
    expect(server.units[0]).toMatchObject({ type: 'input', events: [{ x: 3, y: 4 }] });
    expect(server.messages[0]).toMatchObject({ sendTimeFirst: 9, header: { flow: 1 } });
    expect(server.messages[0]?.payload).toEqual(payload);
  });

  it('sends each message on a stream of its own, whole and in the tick of wake', async () => {
    const { client, server } = await open();
    const payloads = [200_000, 1, 0, 30_000].map((length, i) => new Uint8Array(length).fill(i + 1));
    for (const [seq, payload] of payloads.entries()) server.queue.push(videoHeader(seq), payload);
    server.transport.wake();
    expect(server.sentBytes).toBeGreaterThan(16_000);
    const finished = (): number =>
      client.streams.filter(({ end }) => end?.type === 'finished').length;
    await client.until(() => finished() === payloads.length);
    const units = client.streams.map(({ bytes }) => decodeDataUnit(bytes));
    for (const [seq, payload] of payloads.entries()) {
      expect(units).toContainEqual(
        expect.objectContaining({ type: 'message', header: videoHeader(seq), payload }),
      );
    }
    await vi.waitFor(() => expect(server.transport.inFlightBytes).toBe(0));
    expect(server.acknowledgedBytes).toBe(server.sentBytes);
  });

  it('keeps what it hands to the stack within the window', async () => {
    const { client, server } = await open();
    server.transport.setWindow(6_000);
    server.queue.push(videoHeader(0), new Uint8Array(100_000));
    server.transport.wake();
    expect(server.transport.inFlightBytes).toBeGreaterThan(4_800);
    expect(server.transport.inFlightBytes).toBeLessThan(6_300);
    await client.until(() => client.streams.some(({ end }) => end?.type === 'finished'));
    expect(Math.max(...server.queue.asked.map(({ maxBytes }) => maxBytes))).toBeLessThanOrEqual(
      16_000,
    );
  });

  it('sends audio as datagrams that repeat the packet before', async () => {
    const { client, server } = await open();
    for (let seq = 0; seq < 3; seq++)
      server.queue.push(audioHeader(seq), new Uint8Array(160).fill(seq));
    server.transport.wake();
    await client.until(() => client.datagrams.length === 3);
    const seqs = client.datagrams.map((bytes) =>
      decodeDatagram(bytes).map((unit) => unit.header.seq),
    );
    expect(seqs).toEqual([[0], [0, 1], [1, 2]]);
    expect(client.streams).toEqual([]);
  });

  it('leaves the repetition out, then the datagram, when they are too large', async () => {
    const { client, server } = await open();
    server.queue.push(audioHeader(0), new Uint8Array(700));
    server.queue.push(audioHeader(1), new Uint8Array(700));
    server.queue.push(audioHeader(2), new Uint8Array(1_200));
    server.transport.wake();
    await client.until(() => client.datagrams.length === 2 && client.streams[0]?.end !== undefined);
    const seqs = client.datagrams.map((bytes) =>
      decodeDatagram(bytes).map((unit) => unit.header.seq),
    );
    expect(seqs).toEqual([[0], [1]]);
    expect(client.streams.map(({ bytes }) => decodeDataUnit(bytes))).toMatchObject([
      { type: 'message', header: { seq: 2 } },
    ]);
  });

  it('resets the streams of abandoned messages with their code', async () => {
    const { client, server } = await open();
    // Far more than a loopback carries until the client has seen the first of it.
    server.queue.push(videoHeader(0), new Uint8Array(100_000_000));
    server.transport.wake();
    await client.until(() => client.streams.length > 0);
    server.queue.clear();
    server.transport.abandon(flowId(2), sequence(0), 1, 2);
    await client.until(() => client.streams[0]?.end !== undefined);
    expect(client.streams[0]?.end).toEqual({ type: 'reset', code: 17 });
    await vi.waitFor(() => expect(server.transport.inFlightBytes).toBe(0));
  });

  it('keeps working after hundreds of abandoned messages', async () => {
    const { client, server } = await open();
    for (let seq = 0; seq < 400; seq++) {
      server.queue.push(videoHeader(seq), new Uint8Array(20_000));
      server.transport.wake();
      server.transport.abandon(flowId(2), sequence(seq), 1, 1);
      // A round trip, so that streams are opened in between.
      await server.transport.stats();
    }
    server.queue.push(videoHeader(400), new Uint8Array(10).fill(9));
    server.transport.wake();
    await client.until(() =>
      client.streams.some(({ end, bytes }) => end?.type === 'finished' && bytes.at(-1) === 9),
    );
  });

  it('tells the round trip and the packets of the connection', async () => {
    const { server } = await open();
    const stats = await server.transport.stats();
    expect(stats.rttUs).toBeGreaterThan(0);
    expect(stats.sentPackets).toBeGreaterThan(0);
    expect(stats.lostPackets).toBe(0);
  });

  it('says goodbye on the control stream before it closes', async () => {
    const { client, server, units } = await open();
    server.transport.close(SessionCode.superseded, 'another tab');
    server.transport.close(SessionCode.ok, 'again');
    expect(await server.transport.closed).toEqual({ code: 7, reason: 'another tab', clean: true });
    await client.until(() => client.closed !== undefined);
    expect(units().at(-1)).toEqual({ type: 'error', code: 7, ref: 0, message: 'another tab' });
    expect(listener.openSessions).toBe(0);
  });

  it('tells the code with which the client closed', async () => {
    const { client, server } = await open();
    client.close(SessionCode.ok, 'bye');
    expect(await server.transport.closed).toEqual({ code: 0, reason: 'bye', clean: true });
    server.transport.wake();
    server.transport.sendControl({ type: 'ping', id: 1, t0: micros(0) });
    server.transport.abandon(flowId(2), sequence(0), 1, 1);
    expect(await server.transport.stats()).toEqual({});
  });

  it.each([
    [
      'a malformed unit',
      SessionCode.protocol,
      (client: WebTransportClient, control: number) =>
        client.write(control, Uint8Array.of(1, 0xff)),
    ],
    [
      'a unit that only servers send',
      SessionCode.protocol,
      (client: WebTransportClient, control: number) =>
        client.write(control, encodeStreamUnit(encodeControl({ type: 'inputAck', cumulative: 1 }))),
    ],
    [
      'the end of the control stream',
      SessionCode.protocol,
      (client: WebTransportClient, control: number) => client.finish(control),
    ],
    [
      'a datagram that is no input',
      SessionCode.protocol,
      (client: WebTransportClient) => client.datagram(Uint8Array.of(0x30, 1, 1)),
    ],
    [
      'an oversized message',
      SessionCode.limit,
      async (client: WebTransportClient) => {
        const stream = await client.open(false);
        client.write(stream, new Uint8Array(70_000));
      },
    ],
    [
      'a second bidirectional stream',
      SessionCode.protocol,
      async (client: WebTransportClient) => {
        client.write(await client.open(true), Uint8Array.of(1));
      },
    ],
    [
      '33 open streams',
      SessionCode.limit,
      async (client: WebTransportClient) => {
        for (let i = 0; i < 32; i++) client.write(await client.open(false), Uint8Array.of(0x10));
      },
    ],
    [
      'more than 200 streams in a second',
      SessionCode.rate,
      async (client: WebTransportClient) => {
        for (let i = 0; i < 201; i++) {
          const stream = await client.open(false);
          client.write(stream, Uint8Array.of(0));
          client.finish(stream);
        }
      },
    ],
  ] as const)('closes a client for %s', async (_name, code, misbehave) => {
    const { client, server, control } = await open();
    void misbehave(client, control);
    expect((await server.transport.closed).code).toBe(code);
    await client.until(() => client.closed !== undefined);
  });

  it('survives a flood of datagrams, most of which it drops', async () => {
    const { client, server, send } = await open();
    const bytes = encodeControl({
      type: 'input',
      sendTime: micros32(1),
      first: 0,
      events: [{ type: 'pointerAbsolute', x: 3, y: 4 }],
    });
    for (let i = 0; i < 400; i++) client.datagram(bytes);
    send({ type: 'keyRequest', flow: flowId(2), lastDecoded: undefined, reason: 1 });
    // Datagrams and the control stream keep no order between each other: either may come last.
    await vi.waitFor(() => expect(server.units.map(({ type }) => type)).toContain('keyRequest'));
    expect(listener.openSessions).toBe(1);
  });

  it('says goodbye to everybody when the listener closes', async () => {
    const { client, server, units } = await open();
    await listener.close();
    expect((await server.transport.closed).code).toBe(SessionCode.shutdown);
    await client.until(() => client.closed !== undefined);
    expect(units().at(-1)).toMatchObject({ type: 'error', code: SessionCode.shutdown });
  });

  it('notices a client that vanished within 6 s, and goes on without it', async () => {
    const { client, server } = await open();
    // A client that is stopped like this sends a close; one whose datagrams no longer arrive does not. A client that
    // says nothing is the same to the server.
    const silentSince = performance.now();
    expect(await server.transport.closed).toEqual({
      code: SessionCode.timeout,
      reason: 'the peer is silent',
      clean: false,
    });
    expect(performance.now() - silentSince).toBeGreaterThan(4_000);
    expect(performance.now() - silentSince).toBeLessThan(6_000);
    await client.until(() => client.closed !== undefined);
  });
});
