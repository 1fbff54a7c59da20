import { encodeControl, type ControlUnit } from '../../protocol/control/control-unit.ts';
import { ProtocolError, SessionCode, sessionCodeOf } from '../../protocol/errors.ts';
import type { Micros } from '../../protocol/time.ts';
import type { Logger } from '../observe/logger.ts';
import type { Clock } from '../session-clock.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import { MAX_EARLY, MAX_WAITING_BYTES } from '../transport/connection-bounds.ts';
import type {
  PieceSource,
  SendRates,
  ServerTransport,
  TransportClosed,
  TransportSink,
  TransportStats,
} from '../transport/transport.ts';
import { UnitInbound } from '../transport/unit-inbound.ts';
import type { Peer } from './peer-stack.ts';
import { playerHello } from './player-hello.ts';
import type { SharedPayloads } from './shared-payloads.ts';
import { WebRtcOutbound } from './webrtc-outbound.ts';

/** The peer, what it was promised, and who gets the connection. */
export interface WebRtcTransportOptions {
  /** Opened, not listened to yet; owned by the transport from now on. */
  readonly peer: Peer;
  readonly plan: PeerPlan;
  /** Name of the library below. */
  readonly backend: string;
  readonly payloads: SharedPayloads;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Draws a number from 0 to 2^32 - 1. */
  randomSource(): number;
  /** The handshake is done: the session may take it over, in this turn. */
  onConnected(transport: WebRtcTransport): void;
}

/** Milliseconds between sender reports, and between looks at the peer's life. */
const BEAT_MS = 500;

/** Microseconds without a byte of the peer after which it is gone: browsers report every second, a page pings twice as often. */
const SILENCE_US = 3e6;

/** Milliseconds for ICE and DTLS: three of libwebrtc's slowest checks. Afterwards nobody waits for the peer. */
const HANDSHAKE_MS = 10_000;

/** Milliseconds after which a peer that opened no data channel counts as a player, which says nothing. */
const PLAYER_AFTER_MS = 1_500;

/** Milliseconds that a peer gets to read why it is closed. */
const GOODBYE_MS = 250;

/**
 * DTF/1 on a WebRTC connection (docs/protocol.md, "WebRTC"): video and audio as tracks, all else as units on the data channel. A peer
 * without that channel is a player: it gets pictures and sound, and is never heard.
 */
export class WebRtcTransport implements ServerTransport {
  readonly kind = 'webrtc';
  readonly backend: string;
  readonly closed: Promise<TransportClosed>;
  readonly #options: WebRtcTransportOptions;
  readonly #inbound: UnitInbound;
  readonly #outbound: WebRtcOutbound;
  readonly #settle: (how: TransportClosed) => void;
  #sink: TransportSink | undefined;
  #early: Uint8Array[] = [];
  #hasChannel = false;
  #heardAt: Micros;
  #ending: TransportClosed | undefined;
  #beat: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout;

  constructor(options: WebRtcTransportOptions) {
    const { peer, clock, backend } = options;
    this.#options = options;
    this.backend = backend;
    this.#heardAt = clock.now();
    this.#inbound = new UnitInbound(this.#heardAt);
    const { promise, resolve } = Promise.withResolvers<TransportClosed>();
    this.closed = promise;
    this.#settle = resolve;
    this.#outbound = new WebRtcOutbound({
      ...options,
      onUntaken: (codec) =>
        this.close(SessionCode.ok, `the peer did not offer to take ${codec}, which runs now`),
    });
    this.#patience = setTimeout(
      () => this.close(SessionCode.timeout, 'no connection within 10 s'),
      HANDSHAKE_MS,
    );
    peer.listen({
      connected: () => this.#connected(),
      rtcp: (packet) => this.#rtcp(packet),
      dataOpened: () => (this.#hasChannel = true),
      data: (message) => this.#unit(message),
      dataDrained: () => this.wake(),
      closed: (reason) => this.#lost(reason),
    });
  }

  get inFlightBytes(): number {
    return this.#outbound.inFlightBytes;
  }

  /** It was closed, or has ended; its goodbye may be under way. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#sink = sink;
    this.#outbound.start(source, sink);
    for (const bytes of this.#early.splice(0)) this.#unit(bytes);
    if (this.#options.plan.data === undefined) this.#sayHello();
    else if (!this.#hasChannel) {
      this.#patience = setTimeout(() => {
        if (!this.#hasChannel) this.#sayHello();
      }, PLAYER_AFTER_MS);
    }
  }

  wake(): void {
    if (this.#ending === undefined) this.#guard(() => this.#outbound.wake());
  }

  sendControl(unit: ControlUnit): void {
    if (this.#ending !== undefined) return;
    if (unit.type === 'flowOpen') this.#outbound.open(unit);
    this.#options.peer.sendData(encodeControl(unit));
    if (this.#options.peer.bufferedDataBytes > MAX_WAITING_BYTES) {
      this.close(SessionCode.limit, 'control units are not taken');
    }
  }

  /** Packets leave as soon as they are made: none waits here. */
  abandon(): void {
    // The source has dropped the rest already.
  }

  setWindow(bytes: number, rates?: SendRates): void {
    this.#outbound.setWindow(bytes, rates);
    this.wake();
  }

  stats(): Promise<TransportStats> {
    return Promise.resolve(this.#outbound.stats);
  }

  close(code: SessionCode, reason: string): void {
    if (this.#ending !== undefined) return;
    const { peer } = this.#options;
    const clean = code !== SessionCode.timeout;
    if (clean) peer.sendData(encodeControl({ type: 'error', code, ref: 0, message: reason }));
    this.#stop({ code, reason, clean });
    // What closes at once takes the goodbye with it.
    if (clean && this.#hasChannel) setTimeout(() => this.#finish(), GOODBYE_MS);
    else this.#finish();
  }

  #connected(): void {
    if (this.#ending !== undefined) return;
    clearTimeout(this.#patience);
    this.#heardAt = this.#options.clock.now();
    this.#beat = setInterval(() => this.#guard(() => this.#keepAlive()), BEAT_MS);
    this.#options.onConnected(this);
  }

  /** A player says nothing: what a client would say in its HELLO follows from what it offered. */
  #sayHello(): void {
    const hello = playerHello(this.#options.plan);
    this.#guard(() => this.#sink?.control({ type: 'hello', hello }));
  }

  #keepAlive(): void {
    const now = this.#options.clock.now();
    if (now - this.#heardAt >= SILENCE_US) {
      this.close(SessionCode.timeout, 'peer: expected a report or a unit within 3 s, got none');
    } else this.#outbound.beat(now);
  }

  #rtcp(packet: Uint8Array): void {
    this.#heardAt = this.#options.clock.now();
    this.#guard(() => this.#outbound.rtcp(packet, this.#heardAt));
  }

  #unit(bytes: Uint8Array): void {
    if (this.#ending !== undefined) return;
    const now = this.#options.clock.now();
    this.#heardAt = now;
    this.#guard(() => {
      const sink = this.#sink;
      if (sink !== undefined) this.#deliver(bytes, sink, now);
      else if (this.#early.length < MAX_EARLY) this.#early.push(bytes);
      else throw new ProtocolError('E_COUNT', `units: expected at most ${MAX_EARLY} at first`);
    });
  }

  #deliver(bytes: Uint8Array, sink: TransportSink, now: Micros): void {
    this.#inbound.take(
      bytes,
      {
        control: (unit) => {
          if (unit.type === 'error') this.#ended(unit.code, unit.message);
          else sink.control(unit);
        },
        message: (message) => sink.message(message),
        acknowledge: () => {
          throw new ProtocolError(
            'E_STATE',
            'ack: expected none, tracks have feedback of their own',
          );
        },
        answer: (unit) => this.sendControl(unit),
      },
      now,
    );
  }

  /** The peer says goodbye: it has no close code of its own on this transport. */
  #ended(code: number, reason: string): void {
    const known = sessionCodeOf(code) ?? SessionCode.internal;
    this.#stop({ code: known, reason, clean: true });
    this.#finish();
  }

  #lost(reason: string): void {
    this.#stop({ code: SessionCode.internal, reason, clean: false });
    this.#finish();
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ProtocolError) {
        const { code, message } = error;
        this.#options.logger.warn('peer broke the protocol', { code, reason: message });
        this.close(error.closeCode, message);
      } else {
        this.#options.logger.error('webrtc connection failed', { error });
        this.close(SessionCode.internal, 'internal error');
      }
    }
  }

  #stop(how: TransportClosed): void {
    this.#ending ??= how;
    clearTimeout(this.#patience);
    clearInterval(this.#beat);
    this.#outbound.stop();
    this.#sink = undefined;
    this.#early = [];
  }

  #finish(): void {
    this.#options.peer.close();
    if (this.#ending !== undefined) this.#settle(this.#ending);
  }
}
