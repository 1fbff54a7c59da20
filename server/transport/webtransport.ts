import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import {
  SessionCode,
  sessionCodeOf,
  StreamResetCode,
  type ProtocolError,
} from '../../protocol/errors.ts';
import type { FlowId, Sequence } from '../../protocol/flow.ts';
import { maxTextBytes } from '../../protocol/limits.ts';
import { encodeStreamUnit } from '../../protocol/unit.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import { CLOSE_MS, LIFE_CHECK_MS, MAX_EARLY } from './connection-bounds.ts';
import { ControlStream } from './control-stream.ts';
import type {
  AbandonReasonValue,
  PieceSource,
  SendRates,
  ServerTransport,
  TransportClosed,
  TransportSink,
  TransportStats,
} from './transport.ts';
import type { BackendSession, BackendSessionClosed } from './webtransport-backend.ts';
import { WebTransportInbound } from './webtransport-inbound.ts';
import { WebTransportOutbound } from './webtransport-outbound.ts';

/** What a transport needs. */
export interface WebTransportTransportOptions {
  /** An established session, not started yet; owned by the transport from now on. */
  readonly session: BackendSession;
  /** Name of the library below. */
  readonly backend: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * How long a client gets to read the goodbye and to close. Chromium drops what its page has not read when the session
 * closes, so that a close that follows at once takes the goodbye with it, and its own code arrives in two of three
 * cases only (13 of 20 measured). Half a second is a guess: a round trip on a slow path and a busy page.
 */
const GOODBYE_MS = 500;

/** Characters of a reason on the wire: UTF-8 takes at most three bytes for each. */
const MAX_REASON_LENGTH = Math.floor(maxTextBytes / 3);

const resetCodes: Record<AbandonReasonValue, number> = {
  1: StreamResetCode.deadline,
  2: StreamResetCode.superseded,
  3: StreamResetCode.dependencyLost,
  4: StreamResetCode.flowClosed,
  5: StreamResetCode.notWanted,
};

/**
 * DTF/1 on a WebTransport session (docs/protocol.md, "On WebTransport"): control units on the client's first
 * bidirectional stream, one unidirectional stream per message, audio in datagrams, input in datagrams of the client.
 */
export class WebTransportTransport implements ServerTransport {
  readonly kind = 'webtransport';
  readonly backend: string;
  readonly closed: Promise<TransportClosed>;

  readonly #session: BackendSession;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #control = new ControlStream();
  readonly #inbound: WebTransportInbound;
  readonly #outbound: WebTransportOutbound;
  readonly #lifeCheck: NodeJS.Timeout;
  readonly #resolveClosed: (how: TransportClosed) => void;
  #sink: TransportSink | undefined;
  #early: ((sink: TransportSink) => void)[] = [];
  /** How it ends, from the moment at which it does. */
  #ending: TransportClosed | undefined;

  constructor({ session, backend, clock, logger }: WebTransportTransportOptions) {
    this.backend = backend;
    this.#session = session;
    this.#clock = clock;
    this.#logger = logger;
    const { promise, resolve } = Promise.withResolvers<TransportClosed>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#outbound = new WebTransportOutbound({
      session,
      clock,
      onFailure: (error) => this.#fail(error),
    });
    this.#inbound = new WebTransportInbound(clock, {
      controlStream: (reply) => this.#control.attach(reply),
      unit: (unit) => this.#deliver((sink) => sink.control(unit)),
      answer: (unit) => this.sendControl(unit),
      message: (message) => this.#deliver((sink) => sink.message(message)),
      violation: (error) => this.#endFor(error),
      closed: (how) => this.#lost(how),
    });
    session.start(this.#inbound);
    this.#lifeCheck = setInterval(() => this.#checkLife(), LIFE_CHECK_MS).unref();
  }

  get inFlightBytes(): number {
    return this.#outbound.inFlightBytes;
  }

  start(source: PieceSource, sink: TransportSink): void {
    if (this.#sink !== undefined) throw new TypeError('transport: expected one start, got another');
    this.#sink = sink;
    for (const deliver of this.#early.splice(0)) this.#inbound.guard(() => deliver(sink));
    if (this.#ending === undefined) this.#outbound.start(source, sink);
  }

  wake(): void {
    this.#outbound.wake();
  }

  sendControl(unit: ControlUnit): void {
    if (this.#ending !== undefined) return;
    this.#control.write(encodeStreamUnit(encodeControl(unit)));
    if (this.#control.isOverfull) this.close(SessionCode.limit, 'control units are not taken');
  }

  abandon(flow: FlowId, first: Sequence, count: number, reason: AbandonReasonValue): void {
    this.#outbound.abandon(flow, { first, count }, resetCodes[reason]);
  }

  setWindow(bytes: number, rates?: SendRates): void {
    this.#outbound.setWindow(bytes, rates);
  }

  async stats(): Promise<TransportStats> {
    const { smoothedRttMs, packetsLost, packetsSent } = await this.#session.stats();
    return {
      ...(smoothedRttMs === undefined ? {} : { rttUs: Math.round(smoothedRttMs * 1000) }),
      ...(packetsLost === undefined ? {} : { lostPackets: packetsLost }),
      ...(packetsSent === undefined ? {} : { sentPackets: packetsSent }),
    };
  }

  close(code: SessionCode, reason: string): void {
    this.#close({ code, reason, clean: true });
  }

  #close(how: TransportClosed): void {
    if (this.#ending !== undefined) return;
    this.#stop(how);
    void this.#sayGoodbye(how);
  }

  /** Media has been dropped by now, so that the goodbye has the wire for itself. */
  async #sayGoodbye(how: TransportClosed): Promise<void> {
    const message = how.reason.slice(0, MAX_REASON_LENGTH);
    const goodbye = encodeControl({ type: 'error', code: how.code, ref: 0, message });
    const said = this.#control.end(encodeStreamUnit(goodbye));
    // Nobody waits for a peer that is gone or never said anything.
    if (how.clean && this.#control.isOpen)
      await settledWithin(
        GOODBYE_MS,
        said.then(() => this.closed),
      );
    this.#session.close(how.code, message);
    if (how.clean) await settledWithin(CLOSE_MS, this.closed);
    this.#resolveClosed(how);
  }

  /** The session below is over. */
  #lost({ code, reason, clean }: BackendSessionClosed): void {
    if (this.#ending === undefined) {
      const told = clean ? (sessionCodeOf(code) ?? SessionCode.ok) : SessionCode.internal;
      this.#stop({ code: told, reason, clean });
    }
    if (this.#ending !== undefined) this.#resolveClosed(this.#ending);
  }

  #stop(how: TransportClosed): void {
    this.#ending = how;
    this.#early = [];
    clearInterval(this.#lifeCheck);
    this.#inbound.stop();
    this.#outbound.stop(StreamResetCode.flowClosed);
  }

  #deliver(deliver: (sink: TransportSink) => void): void {
    if (this.#sink !== undefined) {
      deliver(this.#sink);
    } else if (this.#early.length < MAX_EARLY) {
      this.#early.push(deliver);
    } else {
      this.close(SessionCode.limit, 'too much was sent before an answer');
    }
  }

  #endFor(error: ProtocolError): void {
    this.#logger.warn('peer broke the protocol', { code: error.code, reason: error.message });
    this.close(error.closeCode, error.message);
  }

  /** A bug above or here; one session ends for it, not the gateway. */
  #fail(error: unknown): void {
    this.#logger.error('sending failed', { error });
    this.close(SessionCode.internal, 'internal error');
  }

  #checkLife(): void {
    const now = this.#clock.now();
    if (this.#inbound.isSilent(now)) {
      this.#close({ code: SessionCode.timeout, reason: 'the peer is silent', clean: false });
    } else if (this.#outbound.isStalled(now)) {
      this.#close({ code: SessionCode.timeout, reason: 'the peer does not read', clean: false });
    }
  }
}

/** Waits for a promise that never rejects, but not longer than this. */
async function settledWithin(limitMs: number, promise: Promise<unknown>): Promise<void> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  await Promise.race([promise, expired]);
  clearTimeout(timer);
}
