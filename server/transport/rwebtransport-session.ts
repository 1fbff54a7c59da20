import type {
  Addon,
  AddonAnswer,
  AddonListener,
  AddonSessionEvent,
  AddonSessionReady,
} from './rwebtransport-addon.ts';
import type {
  BackendSession,
  BackendSessionClosed,
  BackendSessionSink,
  BackendStats,
  IncomingStreamSink,
  SendStream,
  StreamEnd,
  WriteOutcome,
} from './webtransport-backend.ts';

/** Takes the answer to a request; undefined when there will be none. */
type Settle = (answer: AddonAnswer | undefined) => void;

const NOTHING = new Uint8Array(0);

/** One session of the addon. Fed with its events by the listener. */
export class RwebtransportSession implements BackendSession {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly origin: string | undefined;
  readonly remoteAddress: string;
  readonly protocol: string | undefined;

  readonly #wire: SessionWire;
  readonly #receiving = new Map<number, IncomingStreamSink>();
  readonly #sending = new Map<number, RwebtransportSendStream>();
  readonly #onEnd: () => void;
  #sink: BackendSessionSink | undefined;

  /** @param onEnd called once, when no more events are wanted */
  constructor(addon: Addon, listener: AddonListener, ready: AddonSessionReady, onEnd: () => void) {
    const [path = '', ...query] = ready.path.split('?');
    this.path = path;
    this.query = new URLSearchParams(query.join('?'));
    this.origin = ready.origin ?? undefined;
    this.remoteAddress = `${ready.remoteAddress}:${ready.remotePort}`;
    this.protocol = ready.protocol ?? undefined;
    this.#wire = new SessionWire(addon, listener, ready.session);
    this.#onEnd = onEnd;
  }

  /** True when somebody takes what arrives. */
  get isStarted(): boolean {
    return this.#sink !== undefined;
  }

  start(sink: BackendSessionSink): void {
    this.#sink = sink;
  }

  async openUni(): Promise<SendStream | undefined> {
    const opened = await this.#wire.request(({ addon, listener, session }, requestId) =>
      addon.serverOpenStream(listener, session, false, requestId),
    );
    if (opened?.type !== 'streamOpened') return undefined;
    const stream = this.#addSendStream(opened.streamId);
    // The addon numbers streams by itself, whether QUIC has credit for them or not, and puts their first bytes in its
    // own queue. A reset before those bytes are on the wire leaves a number that is never used and never given back.
    // This empty write is taken after them, so that its answer means that the stream exists.
    return (await stream.write(NOTHING)) === 'taken' ? stream : undefined;
  }

  async sendDatagram(bytes: Uint8Array): Promise<boolean> {
    const answer = await this.#wire.request(({ addon, listener, session }, requestId) =>
      addon.serverSendDatagram(listener, session, bytes, requestId),
    );
    return answer?.type === 'datagramAck' && answer.sent;
  }

  async stats(): Promise<BackendStats> {
    const answer = await this.#wire.request(({ addon, listener, session }, requestId) =>
      addon.serverGetStats(listener, session, requestId),
    );
    if (answer?.type !== 'stats') return {};
    const { smoothedRtt, packetsLost, packetsSent } = answer;
    return { smoothedRttMs: smoothedRtt, packetsLost, packetsSent };
  }

  close(code: number, reason: string): void {
    const { addon, listener, session, isOver } = this.#wire;
    if (!isOver)
      addon.serverCloseSession(listener, session, code, new TextEncoder().encode(reason));
  }

  /** Takes an event of the addon. */
  take(event: AddonSessionEvent): void {
    switch (event.type) {
      case 'writeAck':
      case 'streamOpened':
      case 'datagramAck':
      case 'stats':
        this.#wire.settle(event);
        return;
      case 'stream':
        this.#accept(event.streamId, event.bidi);
        return;
      case 'streamData':
        this.#receiving.get(event.streamId)?.data(plainView(event.data));
        return;
      case 'streamFin':
        this.#endReceiving(event.streamId, { type: 'finished' });
        return;
      case 'streamReset':
        this.#endReceiving(event.streamId, { type: 'reset', code: event.code });
        return;
      case 'streamStopSending':
        this.#sending.get(event.streamId)?.drop();
        return;
      case 'datagram':
        this.#sink?.datagram(plainView(event.data));
        return;
      case 'closed':
        this.end({ code: event.code, reason: Buffer.from(event.reason).toString(), clean: true });
        return;
      case 'error':
        this.close(0, '');
        this.end({ code: 0, reason: event.message, clean: false });
        return;
      case 'draining':
        return;
      default:
        event satisfies never;
    }
  }

  /** Ends everything on this side; idempotent. */
  end(how: BackendSessionClosed): void {
    if (this.#wire.isOver) return;
    this.#wire.end();
    this.#onEnd();
    this.#sending.clear();
    const receiving = [...this.#receiving.values()];
    this.#receiving.clear();
    for (const sink of receiving) sink.end({ type: 'sessionClosed' });
    this.#sink?.closed(how);
  }

  #accept(streamId: number, bidi: boolean): void {
    const sink = this.#sink?.stream({
      reply: bidi ? this.#addSendStream(streamId) : undefined,
      stopSending: (code) => {
        const { addon, listener, session, isOver } = this.#wire;
        if (!isOver) addon.serverStopSending(listener, session, streamId, code);
        this.#receiving.delete(streamId);
      },
    });
    if (sink !== undefined) this.#receiving.set(streamId, sink);
  }

  #endReceiving(streamId: number, how: StreamEnd): void {
    const sink = this.#receiving.get(streamId);
    this.#receiving.delete(streamId);
    sink?.end(how);
  }

  #addSendStream(streamId: number): RwebtransportSendStream {
    const forget = (): void => void this.#sending.delete(streamId);
    const stream = new RwebtransportSendStream(this.#wire, streamId, forget);
    this.#sending.set(streamId, stream);
    return stream;
  }
}

/** The calls of one session and the answers that are still to come. */
class SessionWire {
  readonly addon: Addon;
  readonly listener: AddonListener;
  readonly session: number;
  isOver = false;
  readonly #pending = new Map<number, Settle>();
  #lastRequest = 0;

  constructor(addon: Addon, listener: AddonListener, session: number) {
    this.addon = addon;
    this.listener = listener;
    this.session = session;
  }

  /** Calls with a fresh request id; resolves with its answer, or with undefined when the session ends first. */
  request(call: (wire: SessionWire, requestId: number) => void): Promise<AddonAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<AddonAnswer | undefined>();
    this.call(call, resolve);
    return promise;
  }

  /** The same with a callback; returns the request id, undefined when the session is over. */
  call(call: (wire: SessionWire, requestId: number) => void, settle: Settle): number | undefined {
    if (this.isOver) {
      settle(undefined);
      return undefined;
    }
    const requestId = ++this.#lastRequest;
    this.#pending.set(requestId, settle);
    call(this, requestId);
    return requestId;
  }

  settle(answer: AddonAnswer): void {
    const settle = this.#pending.get(answer.requestId);
    this.#pending.delete(answer.requestId);
    settle?.(answer);
  }

  /** Settles a request to which the addon will not answer. */
  abandon(requestId: number): void {
    const settle = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    settle?.(undefined);
  }

  end(): void {
    this.isOver = true;
    for (const requestId of [...this.#pending.keys()]) this.abandon(requestId);
  }
}

class RwebtransportSendStream implements SendStream {
  readonly #wire: SessionWire;
  readonly #streamId: number;
  readonly #forget: () => void;
  readonly #unanswered = new Set<number>();
  #state: 'open' | 'finished' | 'ended' = 'open';

  constructor(wire: SessionWire, streamId: number, forget: () => void) {
    this.#wire = wire;
    this.#streamId = streamId;
    this.#forget = forget;
  }

  write(bytes: Uint8Array): Promise<WriteOutcome> {
    if (this.#state !== 'open' || this.#wire.isOver) return Promise.resolve('dropped');
    const { promise, resolve } = Promise.withResolvers<WriteOutcome>();
    const requestId = this.#wire.call(
      ({ addon, listener, session }, id) =>
        addon.serverWrite(listener, session, this.#streamId, bytes, id),
      (answer) => {
        if (requestId !== undefined) this.#unanswered.delete(requestId);
        resolve(answer === undefined ? 'dropped' : 'taken');
        this.#forgetWhenDone();
      },
    );
    if (requestId !== undefined) this.#unanswered.add(requestId);
    return promise;
  }

  finish(): void {
    if (this.#state !== 'open' || this.#wire.isOver) return;
    this.#state = 'finished';
    const { addon, listener, session } = this.#wire;
    addon.serverFin(listener, session, this.#streamId);
    this.#forgetWhenDone();
  }

  reset(code: number): void {
    if (this.#state === 'ended' || this.#wire.isOver) return;
    const { addon, listener, session } = this.#wire;
    addon.serverReset(listener, session, this.#streamId, code);
    this.drop();
  }

  /** Ends it without a word to the peer, which asked for it or is told otherwise. */
  drop(): void {
    this.#state = 'ended';
    this.#forget();
    // The addon empties the queue of a reset stream without answering.
    for (const requestId of this.#unanswered) this.#wire.abandon(requestId);
  }

  #forgetWhenDone(): void {
    if (this.#state === 'finished' && this.#unanswered.size === 0) this.drop();
  }
}

/** The addon makes Buffers, whose slice() and toJSON() differ from those of a Uint8Array. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
