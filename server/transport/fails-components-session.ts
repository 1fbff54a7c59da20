import type { ReadableStream, WritableStream, WritableStreamDefaultWriter } from 'node:stream/web';

import type { FailsSession } from './fails-components-api.ts';
import type {
  BackendSession,
  BackendSessionClosed,
  BackendSessionSink,
  BackendStats,
  IncomingStreamSink,
  SendStream,
  WriteOutcome,
} from './webtransport-backend.ts';

/** What was known of a session when it was requested. */
export interface RequestedSession {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string | undefined;
}

/** Promises of the package reject in every way in which a connection can break; each such end is reported by `closed`. */
const ignoreRejection = (): void => undefined;

/** One session of @fails-components/webtransport. */
export class FailsSessionAdapter implements BackendSession {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string | undefined;
  readonly remoteAddress: string;
  readonly protocol: string | undefined;

  readonly #session: FailsSession;
  readonly #datagrams: WritableStreamDefaultWriter<Uint8Array>;
  readonly #receiving = new Set<IncomingStreamSink>();
  readonly #onEnd: () => void;
  #sink: BackendSessionSink | undefined;
  #isOver = false;

  constructor(session: FailsSession, requested: RequestedSession, onEnd: () => void) {
    this.path = requested.path;
    this.query = requested.query;
    this.origin = requested.origin;
    this.remoteAddress = session.peerAddress ?? '';
    this.protocol = session.protocol === '' ? undefined : session.protocol;
    this.#session = session;
    this.#onEnd = onEnd;
    this.#datagrams = session.datagrams.createWritable().getWriter();
    this.#datagrams.closed.catch(ignoreRejection);
    session.ready.catch(ignoreRejection);
    session.draining.catch(ignoreRejection);
    session.closed.then(
      (info) => this.end({ code: info.closeCode ?? 0, reason: info.reason ?? '', clean: true }),
      (error: unknown) => this.end({ code: 0, reason: describe(error), clean: false }),
    );
  }

  /** True when somebody takes what arrives. */
  get isStarted(): boolean {
    return this.#sink !== undefined;
  }

  start(sink: BackendSessionSink): void {
    this.#sink = sink;
    void readAll(this.#session.datagrams.readable, (bytes) => {
      if (!this.#isOver) sink.datagram(bytes);
    });
    void readAll(this.#session.incomingUnidirectionalStreams, (readable) =>
      this.#accept(readable, undefined),
    );
    void readAll(this.#session.incomingBidirectionalStreams, ({ readable, writable }) =>
      this.#accept(readable, new FailsSendStream(writable)),
    );
  }

  async openUni(): Promise<SendStream | undefined> {
    if (this.#isOver) return undefined;
    try {
      const options = { sendGroup: null, waitUntilAvailable: true } as const;
      return new FailsSendStream(await this.#session.createUnidirectionalStream(options));
    } catch {
      return undefined;
    }
  }

  async sendDatagram(bytes: Uint8Array): Promise<boolean> {
    try {
      await this.#datagrams.write(bytes.slice());
      return true;
    } catch {
      return false;
    }
  }

  async stats(): Promise<BackendStats> {
    try {
      return { smoothedRttMs: (await this.#session.getStats()).smoothedRtt };
    } catch {
      return {};
    }
  }

  close(code: number, reason: string): void {
    if (!this.#isOver) this.#session.close({ closeCode: code, reason });
  }

  /** Ends everything on this side; idempotent. */
  end(how: BackendSessionClosed): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    for (const sink of this.#receiving) sink.end({ type: 'sessionClosed' });
    this.#receiving.clear();
    this.#sink?.closed(how);
  }

  #accept(readable: ReadableStream<Uint8Array>, reply: SendStream | undefined): void {
    if (this.#isOver || this.#sink === undefined) return;
    const reader = readable.getReader();
    const sink = this.#sink.stream({
      reply,
      stopSending: (code) => {
        this.#receiving.delete(sink);
        reader.cancel({ code }).catch(ignoreRejection);
      },
    });
    this.#receiving.add(sink);
    const pump = async (): Promise<void> => {
      for (;;) {
        const { value, done } = await reader.read();
        if (!this.#receiving.has(sink)) return;
        if (done) break;
        sink.data(value);
      }
      this.#receiving.delete(sink);
      sink.end({ type: 'finished' });
    };
    pump().catch((error: unknown) => {
      if (this.#receiving.delete(sink)) sink.end({ type: 'reset', code: resetCode(error) });
    });
  }
}

class FailsSendStream implements SendStream {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pending = new Set<(outcome: WriteOutcome) => void>();
  #state: 'open' | 'finished' | 'ended' = 'open';

  constructor(writable: WritableStream<Uint8Array>) {
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(ignoreRejection);
    this.#writer.ready.catch(ignoreRejection);
  }

  write(bytes: Uint8Array): Promise<WriteOutcome> {
    if (this.#state !== 'open') return Promise.resolve('dropped');
    const { promise, resolve } = Promise.withResolvers<WriteOutcome>();
    this.#pending.add(resolve);
    const settle = (outcome: WriteOutcome): void => {
      this.#pending.delete(resolve);
      resolve(outcome);
    };
    this.#writer.write(bytes.slice()).then(
      () => settle('taken'),
      () => settle('dropped'),
    );
    return promise;
  }

  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'finished';
    this.#writer.close().catch(ignoreRejection);
  }

  reset(code: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    // The package reads the property `code` of the reason, 0 to 255.
    this.#writer.abort({ code }).catch(ignoreRejection);
    // An abort waits for the write that is under way, which may take seconds.
    for (const resolve of this.#pending) resolve('dropped');
    this.#pending.clear();
  }
}

/** Reads until the end; an error is an end too, and the session's `closed` tells of it. */
async function readAll<T>(readable: ReadableStream<T>, take: (value: T) => void): Promise<void> {
  try {
    for await (const value of readable) take(value);
  } catch {
    return;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'connection lost';
}

function resetCode(error: unknown): number {
  const code: unknown =
    typeof error === 'object' && error !== null && 'streamErrorCode' in error
      ? error.streamErrorCode
      : undefined;
  return typeof code === 'number' ? code : 0;
}
