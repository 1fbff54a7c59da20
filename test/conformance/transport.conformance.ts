import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SessionCode } from '../../protocol/errors.ts';
import { flowId, sequence, type FlowId } from '../../protocol/flow.ts';
import { initialWindowBytes, maxFragmentBytes, urgentWindowBytes } from '../../protocol/limits.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import { micros, micros32, millis } from '../../protocol/time.ts';
import { createClock, type Clock } from '../../server/session-clock.ts';
import type { ServerTransport } from '../../server/transport/transport.ts';
import type { Arrival, ConformancePeer, Connection } from './conformance-peer.ts';
import { SendingSession } from './sending-session.ts';

/** How a wire differs where transports may. */
export interface ConformanceOptions {
  /** Whether messages of a flow arrive in order; over streams of their own the receiver sorts them. Default true. */
  readonly isOrdered?: boolean;
  /** Bytes beyond the window that may be in flight: a fragment and the urgent allowance, unless the wire needs more. */
  readonly slackBytes?: number;
}

/** Makes a connection whose server side was not started; `clock` is the session clock to use. */
export type Connect = (clock: Clock) => Promise<Connection>;

const VIDEO = flowId(2);
const AUDIO = flowId(4);
const BULK = flowId(6);
const CLIENT = flowId(1);

const KIB = 1024;

/** Bytes that differ everywhere, so that a lost, doubled or shifted part shows. */
const pattern = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
};

const header = (flow: FlowId, seq: number): MessageHeader => ({
  flow,
  seq: sequence(seq),
  captureTime: micros(1_000),
  budget: millis(0),
  key: true,
  discardable: false,
  recovery: false,
  late: false,
  epoch: false,
  layer: { temporal: 0, spatial: 0, priority: 4 },
  dependency: 0,
  extensions: [],
});

const messagesOf = (arrivals: readonly Arrival[], flow: FlowId) =>
  arrivals.flatMap((arrival) =>
    arrival.type === 'message' && arrival.message.header.flow === flow ? [arrival.message] : [],
  );

const controlOf = (arrivals: readonly Arrival[], type: string) =>
  arrivals.flatMap((arrival) =>
    arrival.type === 'control' && arrival.unit.type === type ? [arrival.unit] : [],
  );

const rate = {
  type: 'rate',
  targetBps: 1,
  capacityBps: 2,
  queue: micros(3),
  state: 'hold',
} as const;

interface Setup {
  readonly server: ServerTransport;
  readonly peer: ConformancePeer;
  readonly session: SendingSession;
  readonly clock: Clock;
}

/** What every transport must do, whatever its wire. One connection per test. */
export function transportConformance(
  name: string,
  connect: Connect,
  { isOrdered = true, slackBytes = maxFragmentBytes + urgentWindowBytes }: ConformanceOptions = {},
): void {
  const setUp = async ({ isStarted = true } = {}): Promise<Setup> => {
    const clock = createClock();
    const connection = await connect(clock);
    const { server, peer } = connection;
    onTestFinished(async () => {
      server.close(SessionCode.ok, 'test is over');
      await server.closed;
      await connection.dispose();
    });
    const session = new SendingSession(server, clock);
    session.open(VIDEO, 'video');
    session.open(AUDIO, 'audio');
    session.open(BULK, 'bulk');
    if (isStarted) session.start();
    return { server, peer, session, clock };
  };

  describe(`${name} transport: messages`, () => {
    test.each([0, 1, 1_199, 1_200, 20_000, 200 * KIB, KIB * KIB])(
      'a message of %i bytes arrives unchanged',
      async (length) => {
        const { peer, session } = await setUp();
        const payload = pattern(length);
        session.push({ header: header(BULK, 0), payload });
        await peer.until((arrivals) => messagesOf(arrivals, BULK).length === 1);
        const [message] = messagesOf(peer.arrivals, BULK);
        expect(message?.header).toEqual(header(BULK, 0));
        expect(message && Buffer.compare(message.payload, payload)).toBe(0);
      },
    );

    test('messages of a flow keep their order and their bytes', async () => {
      const { peer, session } = await setUp();
      const payloads = Array.from({ length: 60 }, (_, seq) =>
        pattern((seq * 1_733) % 9_000, seq + 1),
      );
      payloads.forEach((payload, seq) => session.push({ header: header(BULK, seq), payload }));
      await peer.until((arrivals) => messagesOf(arrivals, BULK).length === payloads.length);
      const arrived = [...messagesOf(peer.arrivals, BULK)];
      if (!isOrdered) arrived.sort((a, b) => a.header.seq - b.header.seq);
      arrived.forEach((message, seq) => {
        expect(message.header.seq).toBe(seq);
        expect(Buffer.compare(message.payload, payloads[seq] ?? new Uint8Array())).toBe(0);
      });
    });

    test('control units and audio overtake media', async () => {
      const { server, peer, session } = await setUp();
      session.push({ header: header(VIDEO, 0), payload: pattern(KIB * KIB) });
      await vi.waitUntil(() => session.sentBytes > 0);
      server.sendControl(rate);
      session.push({ header: header(AUDIO, 0), payload: pattern(300) });
      await peer.until((arrivals) => messagesOf(arrivals, VIDEO).length === 1);
      const order = peer.arrivals
        .filter((arrival) => arrival.type === 'message' || arrival.unit.type === 'rate')
        .map((arrival) => (arrival.type === 'message' ? arrival.message.header.flow : 'control'));
      expect(order.at(-1)).toBe(VIDEO);
      expect([...order].sort()).toEqual([VIDEO, AUDIO, 'control'].sort());
    });

    test('messages of the client arrive, also larger ones', async () => {
      const { peer, session } = await setUp();
      const payloads = [new Uint8Array(), pattern(10), pattern(16_000), pattern(65_000)];
      payloads.forEach((payload, seq) => peer.sendMessage(header(CLIENT, seq), payload));
      await vi.waitUntil(() => session.messages.length === payloads.length, 5_000);
      const bySeq = [...session.messages].sort((a, b) => a.header.seq - b.header.seq);
      bySeq.forEach(({ payload }, seq) =>
        expect(Buffer.compare(payload, payloads[seq] ?? pattern(1))).toBe(0),
      );
    });

    test('what came before the start is delivered at the start', async () => {
      const { peer, session } = await setUp({ isStarted: false });
      peer.sendControl({ type: 'keyRequest', flow: VIDEO, lastDecoded: undefined, reason: 3 });
      setImmediate(() => session.start());
      await vi.waitUntil(() => session.units.length === 1);
      expect(session.units[0]).toMatchObject({ type: 'keyRequest', flow: VIDEO });
    });
  });

  describe(`${name} transport: abandoning`, () => {
    test('the peer learns of it, and never sees a begun message whole', async () => {
      const { peer, session } = await setUp();
      peer.setReading(false);
      session.push({ header: header(BULK, 0), payload: pattern(KIB * KIB) });
      await vi.waitUntil(() => session.sentBytes > 0);
      session.closeFlow(BULK);
      peer.setReading(true);
      session.open(BULK, 'bulk');
      session.push({ header: header(BULK, 1), payload: pattern(50_000) });
      await peer.until((arrivals) => messagesOf(arrivals, BULK).length === 1);
      expect(messagesOf(peer.arrivals, BULK)[0]?.header.seq).toBe(1);
      await peer.until((arrivals) => controlOf(arrivals, 'abandon').length === 1);
      expect(controlOf(peer.arrivals, 'abandon')[0]).toEqual({
        type: 'abandon',
        flow: BULK,
        first: 0,
        count: 1,
        reason: 4,
      });
    });
  });

  describe(`${name} transport: backpressure`, () => {
    test('a peer that stops reading bounds what is in flight, and gets the rest when it goes on', async () => {
      const { server, peer, session } = await setUp();
      peer.setReading(false);
      const sizes = [200_000, 200_000, 200_000];
      sizes.forEach((size, seq) =>
        session.push({ header: header(BULK, seq), payload: pattern(size) }),
      );
      await vi.waitUntil(() => session.sentBytes > 0);
      await expect(settled(() => session.sentBytes)).resolves.toBeLessThanOrEqual(
        initialWindowBytes + slackBytes,
      );
      expect(server.inFlightBytes).toBeLessThanOrEqual(initialWindowBytes + slackBytes);
      expect(session.queue.queuedBytes).toBeGreaterThan(400_000 - slackBytes);
      peer.setReading(true);
      await peer.until((arrivals) => messagesOf(arrivals, BULK).length === sizes.length);
      await vi.waitUntil(() => server.inFlightBytes === 0);
    });

    test('acknowledgements tell what was sent, when, and how long it took', async () => {
      const { peer, session, clock } = await setUp();
      session.push({ header: header(BULK, 0), payload: pattern(100_000) });
      await peer.until((arrivals) => messagesOf(arrivals, BULK).length === 1);
      await vi.waitUntil(() => session.samples.at(-1)?.cumulativeBytes === session.sentBytes);
      let total = 0;
      for (const sample of session.samples) {
        total += sample.bytes;
        expect(sample.cumulativeBytes).toBe(total);
        expect(sample.sentAt).toBeLessThanOrEqual(sample.now);
        expect(sample.now).toBeLessThanOrEqual(clock.now());
      }
    });
  });

  describe(`${name} transport: peers`, () => {
    test('a ping is answered with the times of the session clock', async () => {
      const { peer, session, clock } = await setUp();
      const before = clock.now();
      peer.sendControl({ type: 'ping', id: 7, t0: micros(123) });
      await peer.until((arrivals) => controlOf(arrivals, 'pong').length === 1);
      const pong = controlOf(peer.arrivals, 'pong')[0];
      if (pong?.type !== 'pong') throw new Error('no pong');
      expect(pong).toMatchObject({ id: 7, t0: 123 });
      expect(pong.t1).toBeGreaterThanOrEqual(before);
      expect(pong.t2).toBeGreaterThanOrEqual(pong.t1);
      expect(pong.t2).toBeLessThanOrEqual(clock.now());
      expect(session.units).toEqual([]);
    });

    test('a peer that vanishes is noticed within 6 s', { timeout: 10_000 }, async () => {
      const { server, peer } = await setUp();
      peer.sendControl({ type: 'ping', id: 1, t0: micros(0) });
      await peer.until((arrivals) => controlOf(arrivals, 'pong').length === 1);
      const vanishedAt = performance.now();
      peer.vanish();
      expect(await server.closed).toMatchObject({ code: SessionCode.timeout, clean: false });
      const elapsed = performance.now() - vanishedAt;
      expect(elapsed).toBeGreaterThan(4_500);
      expect(elapsed).toBeLessThan(6_000);
    });
  });

  describe(`${name} transport: closing`, () => {
    test.each([SessionCode.ok, SessionCode.superseded, SessionCode.shutdown])(
      'the server closes with code %i',
      async (code) => {
        const { server, peer } = await setUp();
        server.close(code, 'why');
        server.close(SessionCode.internal, 'too late');
        expect(await peer.closed).toEqual({ code, reason: 'why' });
        expect(await server.closed).toEqual({ code, reason: 'why', clean: true });
      },
    );

    test('the peer closes', async () => {
      const { server, peer } = await setUp();
      peer.close(SessionCode.ok, 'bye');
      expect(await server.closed).toEqual({ code: SessionCode.ok, reason: 'bye', clean: true });
    });

    test('nothing is asked or delivered after the end', async () => {
      const { server, peer, session } = await setUp();
      peer.close(SessionCode.ok, 'bye');
      await server.closed;
      session.push({ header: header(BULK, 0), payload: pattern(10) });
      server.sendControl(rate);
      expect(session.sentBytes).toBe(0);
    });
  });

  describe(`${name} transport: limits`, () => {
    const expectClose = async (
      code: number,
      provoke: (peer: ConformancePeer) => void,
    ): Promise<void> => {
      const { server, peer } = await setUp();
      provoke(peer);
      expect(await server.closed).toMatchObject({ code });
      expect((await peer.closed).code).toBe(code);
    };

    test('an unknown unit is a breach of the protocol', () =>
      expectClose(SessionCode.protocol, (peer) => peer.sendRawControl(Uint8Array.of(0x3f, 1, 2))));

    test('a malformed unit is a breach of the protocol', () =>
      expectClose(SessionCode.protocol, (peer) => peer.sendRawControl(Uint8Array.of(0x30, 0x40))));

    test('a unit of the server is a breach of the protocol', () =>
      expectClose(SessionCode.protocol, (peer) =>
        peer.sendControl({ type: 'inputAck', cumulative: 1 }),
      ));

    test('a unit of more than 64 KB', () =>
      expectClose(SessionCode.limit, (peer) =>
        peer.sendRawControl(new Uint8Array(65_537).fill(0x22)),
      ));

    test('a message of more than 64 KB', () =>
      expectClose(SessionCode.limit, (peer) =>
        peer.sendMessage(header(CLIENT, 0), pattern(66_000)),
      ));

    test('more than 20 pings a second', () =>
      expectClose(SessionCode.rate, (peer) => {
        for (let id = 0; id < 110; id++) peer.sendControl({ type: 'ping', id, t0: micros(0) });
      }));

    test('more than 1,000 input events a second', () =>
      expectClose(SessionCode.rate, (peer) => {
        const event = { type: 'pointerRelative', dx: 1, dy: 1 } as const;
        const events = Array.from({ length: 64 }, () => event);
        for (let first = 0; first < 6_000; first += 64) {
          peer.sendControl({ type: 'input', sendTime: micros32(0), first, events });
        }
      }));

    test('more than 500 input units a second', () =>
      expectClose(SessionCode.rate, (peer) => {
        const events = [{ type: 'pointerRelative', dx: 1, dy: 1 }] as const;
        // The burst and seven seconds of the rate: a machine that is slow to send them must not stay below it.
        for (let count = 0; count < 6_000; count++) {
          peer.sendControl({ type: 'input', sendTime: micros32(0), first: 0, events });
        }
      }));

    test('more than 16 flows', () =>
      expectClose(SessionCode.limit, (peer) => {
        for (let flow = 1; flow <= 33; flow += 2) {
          peer.sendControl({
            type: 'flowOpen',
            flow: flowId(flow),
            parent: undefined,
            kind: 'bulk',
            priority: 1,
            budget: millis(0),
            metadata: {},
          });
        }
      }));
  });
}

/** Waits until a number has not changed for 200 ms. */
const settled = async (read: () => number): Promise<number> => {
  let last = read();
  let since = performance.now();
  await vi.waitUntil(
    () => {
      if (read() !== last) {
        last = read();
        since = performance.now();
      }
      return performance.now() - since > 200;
    },
    { timeout: 5_000, interval: 20 },
  );
  return last;
};
