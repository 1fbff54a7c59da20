import type { AckUnit } from '../../protocol/control/acknowledgement.ts';
import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import {
  ProtocolError,
  SessionCode,
  sessionCodeFromWebSocket,
  webSocketCloseCode,
} from '../../protocol/errors.ts';
import { millis, type Micros } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import { CLOSE_MS, LIFE_CHECK_MS, MAX_EARLY, MAX_WAITING_BYTES } from './connection-bounds.ts';
import { FragmentWindow } from './fragment-window.ts';
import type {
  PieceSource,
  SendRates,
  ServerTransport,
  TransportClosed,
  TransportSink,
  TransportStats,
} from './transport.ts';
import { UnitInbound } from './unit-inbound.ts';
import type { UnitWire } from './unit-wire.ts';

/** What a transport over a wire of whole units is made of. It owns the wire. */
export interface UnitTransportOptions {
  readonly kind: ServerTransport['kind'];
  readonly backend: string;
  readonly wire: UnitWire;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Microseconds without progress, while data is under way, after which a peer that is alive but does not read is closed. */
const STALL_US = 10e6;

/** An acknowledgement threshold is announced anew when it changes by this factor. */
const ACK_CHANGE = 1.25;

/** Milliseconds for which a peer may keep an acknowledgement back; from the draft. */
const MAX_ACK_DELAY = millis(5);

/**
 * A transport over a wire that carries whole units: media in fragments under a window of its own, so that no queue
 * builds up below where priorities still count, and control units at once.
 */
export class UnitTransport implements ServerTransport {
  readonly kind: ServerTransport['kind'];
  readonly backend: string;
  readonly closed: Promise<TransportClosed>;
  readonly #wire: UnitWire;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #window = new FragmentWindow();
  readonly #inbound: UnitInbound;
  readonly #check: ReturnType<typeof setInterval>;
  #source: PieceSource | undefined;
  #sink: TransportSink | undefined;
  #earlyUnits: Uint8Array[] = [];
  #isPumping = false;
  #announcedAckBytes: number;
  #reportInterval = millis(0);
  #progressAt: Micros;
  #end: TransportClosed | undefined;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;
  #paceTimer: ReturnType<typeof setTimeout> | undefined;
  #settle: (how: TransportClosed) => void = () => undefined;

  constructor({ kind, backend, wire, clock, logger }: UnitTransportOptions) {
    this.kind = kind;
    this.backend = backend;
    this.#wire = wire;
    this.#clock = clock;
    this.#logger = logger;
    this.#progressAt = clock.now();
    this.#inbound = new UnitInbound(this.#progressAt);
    this.#announcedAckBytes = this.#window.ackBytes;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#check = setInterval(() => this.#checkPeer(), LIFE_CHECK_MS);
    wire.listen({
      unit: (bytes) => this.#onUnit(bytes),
      violation: (error) => this.#fail(error),
      closed: (closeCode, reason) => this.#onWireClosed(closeCode, reason),
    });
  }

  get inFlightBytes(): number {
    return this.#window.inFlightBytes;
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#source = source;
    this.#sink = sink;
    const early = this.#earlyUnits;
    this.#earlyUnits = [];
    for (const bytes of early) this.#onUnit(bytes);
    this.#pump();
  }

  wake(): void {
    if (this.#isPumping) setImmediate(() => this.#pump());
    else this.#pump();
  }

  sendControl(unit: ControlUnit): void {
    if (this.#end) return;
    if (unit.type === 'ackConfig') {
      // How often to acknowledge follows the window, which only this side of the session knows.
      this.#reportInterval = unit.reportInterval;
      this.#announcedAckBytes = this.#window.ackBytes;
      this.#write(encodeControl({ ...unit, bytes: this.#announcedAckBytes }));
    } else {
      this.#write(encodeControl(unit));
    }
    if (this.#wire.bufferedBytes > MAX_WAITING_BYTES) {
      this.close(
        SessionCode.limit,
        `control units: expected to send, ${MAX_WAITING_BYTES} bytes wait`,
      );
    }
  }

  /** Fragments leave as soon as they are made: none waits here. */
  abandon(): void {
    // The source has dropped the rest already.
  }

  setWindow(bytes: number, rates?: SendRates): void {
    this.#window.resize(bytes, rates, this.#clock.now());
    const change = this.#window.ackBytes / this.#announcedAckBytes;
    if (change > ACK_CHANGE || change < 1 / ACK_CHANGE) {
      const reportInterval = this.#reportInterval;
      this.sendControl({ type: 'ackConfig', bytes: 0, maxDelay: MAX_ACK_DELAY, reportInterval });
    }
    this.wake();
  }

  stats(): Promise<TransportStats> {
    return Promise.resolve({});
  }

  close(code: SessionCode, reason: string): void {
    if (this.#end) return;
    this.#stop({ code, reason, clean: code !== SessionCode.timeout });
    this.#wire.close(webSocketCloseCode(code), reason);
    // A peer that is gone answers no close: nobody should wait for it.
    if (code === SessionCode.timeout) this.#settleEnd();
    this.#closeTimer = setTimeout(() => {
      this.#wire.terminate();
      this.#settleEnd();
    }, CLOSE_MS);
  }

  #write(unit: Uint8Array): void {
    this.#wire.send(unit, () => this.#pump());
  }

  /** Writes while the window and the wire take more; never more than one fragment waits in this process. */
  #pump(): void {
    const source = this.#source;
    if (this.#isPumping || !source) return;
    this.#isPumping = true;
    try {
      while (!this.#end && this.#wire.bufferedBytes === 0) {
        const now = this.#clock.now();
        const limit = this.#window.limit(now);
        const piece = limit && source.next(now, limit);
        if (!piece) break;
        const unit = this.#window.encode(piece, now);
        this.#sink?.sent(unit.byteLength, now);
        this.#write(unit);
      }
    } finally {
      this.#isPumping = false;
    }
    this.#pumpWhenPaced();
  }

  /** Nothing but time lets a paced piece go. */
  #pumpWhenPaced(): void {
    const delay = this.#end ? 0 : this.#window.delay(this.#clock.now());
    if (delay === 0 || this.#paceTimer !== undefined) return;
    this.#paceTimer = setTimeout(() => {
      this.#paceTimer = undefined;
      this.#pump();
    }, delay / 1000);
  }

  #onUnit(bytes: Uint8Array): void {
    if (this.#end) return;
    const now = this.#clock.now();
    this.#inbound.heard(now);
    try {
      const sink = this.#sink;
      if (sink) this.#deliver(bytes, sink, now);
      else this.#keep(bytes);
    } catch (error) {
      this.#fail(error);
    }
  }

  #deliver(bytes: Uint8Array, sink: TransportSink, now: Micros): void {
    const inboundSink = {
      control: (unit: ControlUnit) => sink.control(unit),
      message: sink.message.bind(sink),
      acknowledge: (unit: AckUnit) => this.#acknowledge(unit, sink, now),
      answer: (unit: ControlUnit) => this.sendControl(unit),
    };
    this.#inbound.take(bytes, inboundSink, now);
  }

  #keep(bytes: Uint8Array): void {
    if (this.#earlyUnits.length >= MAX_EARLY) {
      throw new ProtocolError('E_COUNT', `units: expected at most ${MAX_EARLY} before the start`);
    }
    this.#earlyUnits.push(bytes);
  }

  #acknowledge(unit: AckUnit, sink: TransportSink, now: Micros): void {
    const sample = this.#window.acknowledge(unit, now);
    if (!sample) return;
    this.#progressAt = now;
    sink.acknowledged(sample);
    this.#pump();
  }

  #checkPeer(): void {
    const now = this.#clock.now();
    if (this.inFlightBytes === 0) this.#progressAt = now;
    if (this.#inbound.isSilent(now)) {
      this.close(SessionCode.timeout, 'peer: expected a unit within 5 s, got none');
    } else if (now - this.#progressAt >= STALL_US) {
      this.close(SessionCode.timeout, 'peer: expected an acknowledgement within 10 s, got none');
    }
  }

  #fail(error: unknown): void {
    if (error instanceof ProtocolError) {
      this.#logger.warn('peer broke the protocol', { code: error.code, reason: error.message });
      this.close(error.closeCode, error.message);
    } else {
      this.#logger.error('unit could not be taken', { error });
      this.close(SessionCode.internal, 'internal error');
    }
  }

  #onWireClosed(closeCode: number, reason: string): void {
    clearTimeout(this.#closeTimer);
    this.#stop(closedBy(closeCode, reason));
    this.#settleEnd();
  }

  #stop(how: TransportClosed): void {
    this.#end ??= how;
    clearInterval(this.#check);
    clearTimeout(this.#paceTimer);
    this.#source = undefined;
    this.#sink = undefined;
    this.#earlyUnits = [];
  }

  #settleEnd(): void {
    if (this.#end) this.#settle(this.#end);
  }
}

/** WebSocket's own close codes (RFC 6455, section 7.4.1) that have a meaning here. */
const GOING_AWAY = 1001;
const NO_STATUS = 1005;
const TOO_BIG = 1009;

/** How the peer's, or the wire's, close code reads in the terms of a session. */
const closedBy = (closeCode: number, reason: string): TransportClosed => {
  const code = sessionCodeFromWebSocket(closeCode);
  if (code !== undefined) return { code, reason, clean: true };
  if (closeCode === 1000 || closeCode === GOING_AWAY || closeCode === NO_STATUS) {
    return { code: SessionCode.ok, reason, clean: true };
  }
  if (closeCode === TOO_BIG) return { code: SessionCode.limit, reason, clean: true };
  return {
    code: SessionCode.internal,
    reason: reason || `wire closed with ${closeCode}`,
    clean: false,
  };
};
