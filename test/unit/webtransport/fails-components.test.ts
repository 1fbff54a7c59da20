import { ReadableStream, TransformStream, WritableStream } from 'node:stream/web';

import { describe, expect, it } from 'vitest';

import type {
  FailsBidirectionalStream,
  FailsSession,
} from '../../../server/transport/fails-components-api.ts';
import { FailsSessionAdapter } from '../../../server/transport/fails-components-session.ts';
import type {
  BackendSessionClosed,
  BackendSessionSink,
  SendStream,
  StreamEnd,
} from '../../../server/transport/webtransport-backend.ts';

/** A session in the shape that the package documents, over streams of this process. */
class ShapedSession implements FailsSession {
  readonly ready = Promise.resolve();
  readonly draining = new Promise<never>(() => undefined);
  readonly userData = undefined;
  readonly peerAddress = '127.0.0.1:1';
  readonly protocol = 'dtf-1';
  readonly #closed = Promise.withResolvers<{ closeCode: number; reason: string }>();
  readonly #bidirectional = new TransformStream<FailsBidirectionalStream>();
  readonly #unidirectional = new TransformStream<ReadableStream<Uint8Array>>();
  readonly #incoming = new TransformStream<Uint8Array>();
  readonly sentDatagrams: Uint8Array[] = [];
  readonly closedWith: unknown[] = [];
  readonly opened: { written: Uint8Array[]; end: unknown }[] = [];
  /** Set when writes are to stay pending. */
  hold: Promise<void> | undefined;

  readonly incomingBidirectionalStreams = this.#bidirectional.readable;
  readonly incomingUnidirectionalStreams = this.#unidirectional.readable;
  readonly closed = this.#closed.promise;
  readonly datagrams = {
    readable: this.#incoming.readable,
    createWritable: () =>
      new WritableStream<Uint8Array>({ write: (bytes) => void this.sentDatagrams.push(bytes) }),
  };

  createUnidirectionalStream(): Promise<WritableStream<Uint8Array>> {
    return Promise.resolve(this.writable());
  }

  writable(): WritableStream<Uint8Array> {
    const kept: { written: Uint8Array[]; end: unknown } = { written: [], end: undefined };
    this.opened.push(kept);
    return new WritableStream<Uint8Array>({
      write: async (bytes) => {
        await this.hold;
        kept.written.push(bytes);
      },
      close: () => void (kept.end = 'closed'),
      abort: (reason) => void (kept.end = reason),
    });
  }

  getStats(): Promise<{ smoothedRtt: number }> {
    return Promise.resolve({ smoothedRtt: 12.5 });
  }

  close(info: { closeCode: number; reason: string }): void {
    this.closedWith.push(info);
    this.#closed.resolve(info);
  }

  break(): void {
    this.#closed.reject(new Error('connection lost'));
  }

  arrive(stream: ReadableStream<Uint8Array>): void {
    void this.#unidirectional.writable.getWriter().write(stream);
  }

  arriveBidirectional(readable: ReadableStream<Uint8Array>): void {
    void this.#bidirectional.writable.getWriter().write({ readable, writable: this.writable() });
  }

  arriveDatagram(bytes: Uint8Array): void {
    void this.#incoming.writable.getWriter().write(bytes);
  }
}

class KeepingSink implements BackendSessionSink {
  readonly chunks: Uint8Array[] = [];
  readonly ends: StreamEnd[] = [];
  readonly datagrams: Uint8Array[] = [];
  readonly ended = Promise.withResolvers<BackendSessionClosed>();
  reply: SendStream | undefined;

  stream({
    reply,
  }: Parameters<BackendSessionSink['stream']>[0]): ReturnType<BackendSessionSink['stream']> {
    this.reply = reply;
    return { data: (chunk) => this.chunks.push(chunk), end: (how) => this.ends.push(how) };
  }

  datagram(bytes: Uint8Array): void {
    this.datagrams.push(bytes);
  }

  closed(how: BackendSessionClosed): void {
    this.ended.resolve(how);
  }
}

function start(): { session: ShapedSession; adapter: FailsSessionAdapter; sink: KeepingSink } {
  const session = new ShapedSession();
  const requested = { path: '/dtf/1', query: new URLSearchParams(), origin: undefined };
  const adapter = new FailsSessionAdapter(session, requested, () => undefined);
  const sink = new KeepingSink();
  adapter.start(sink);
  return { session, adapter, sink };
}

describe('FailsSessionAdapter', () => {
  it('hands on streams and datagrams', async () => {
    const { session, sink } = start();
    session.arrive(ReadableStream.from([Uint8Array.of(1), Uint8Array.of(2)]));
    await expect.poll(() => sink.ends).toEqual([{ type: 'finished' }]);
    expect(sink.chunks).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(sink.reply).toBeUndefined();
    session.arriveDatagram(Uint8Array.of(3));
    await expect.poll(() => sink.datagrams).toEqual([Uint8Array.of(3)]);
  });

  it('tells the code of a reset, and answers on a bidirectional stream', async () => {
    const { session, sink } = start();
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(Object.assign(new Error(), { streamErrorCode: 21 })),
    });
    session.arriveBidirectional(readable);
    await expect.poll(() => sink.ends).toEqual([{ type: 'reset', code: 21 }]);
    expect(await sink.reply?.write(Uint8Array.of(4))).toBe('taken');
    expect(session.opened[0]?.written).toEqual([Uint8Array.of(4)]);
  });

  it('copies what it is given', async () => {
    const { session, adapter } = start();
    const bytes = Uint8Array.of(1);
    const stream = await adapter.openUni();
    const written = stream?.write(bytes);
    const sent = adapter.sendDatagram(bytes);
    bytes[0] = 9;
    stream?.finish();
    expect([await written, await sent]).toEqual(['taken', true]);
    expect(session.opened[0]?.written).toEqual([Uint8Array.of(1)]);
    expect(session.sentDatagrams).toEqual([Uint8Array.of(1)]);
    await expect.poll(() => session.opened[0]?.end).toBe('closed');
  });

  it('settles writes at a reset, although the stack still holds them', async () => {
    const { session, adapter } = start();
    session.hold = new Promise(() => undefined);
    const stream = await adapter.openUni();
    const written = stream?.write(Uint8Array.of(1));
    stream?.reset(17);
    expect(await written).toBe('dropped');
    expect(await stream?.write(Uint8Array.of(2))).toBe('dropped');
  });

  it('resets with a code', async () => {
    const { session, adapter } = start();
    (await adapter.openUni())?.reset(16);
    await expect.poll(() => session.opened[0]?.end).toEqual({ code: 16 });
  });

  it('ends once, however the session ends', async () => {
    const closed = start();
    closed.adapter.close(7, 'bye');
    expect(await closed.sink.ended.promise).toEqual({ code: 7, reason: 'bye', clean: true });
    closed.adapter.close(7, 'again');
    expect(closed.session.closedWith).toHaveLength(1);
    expect(await closed.adapter.openUni()).toBeUndefined();

    const broken = start();
    broken.session.break();
    expect(await broken.sink.ended.promise).toEqual({
      code: 0,
      reason: 'connection lost',
      clean: false,
    });
  });

  it('tells the round trip', async () => {
    expect(await start().adapter.stats()).toEqual({ smoothedRttMs: 12.5 });
  });
});
