import type { FlowOpenUnit } from '../../protocol/control/flow-control.ts';
import { encodeMessage } from '../../protocol/message.ts';
import { micros, toMicros32, type Micros } from '../../protocol/time.ts';
import type { Clock } from '../session-clock.ts';
import type { PeerPlan } from '../signaling/peer-plan.ts';
import { FragmentWindow } from '../transport/fragment-window.ts';
import type {
  Piece,
  PieceSource,
  SendRates,
  TransportSink,
  TransportStats,
} from '../transport/transport.ts';
import { agreesToTell, FeedbackWatch, UNTOLD_US } from './feedback-watch.ts';
import { NtpClock } from './ntp.ts';
import { OutboundTracks, type TrackOutput } from './outbound-tracks.ts';
import { PacketWindow } from './packet-window.ts';
import type { Peer } from './peer-stack.ts';
import { readRtcp, type Feedback } from './rtcp-reader.ts';
import { RepairDelay } from './repair-delay.ts';
import { SentPackets } from './sent-packets.ts';
import { roundTripOf } from './round-trip.ts';
import type { SharedPayloads } from './shared-payloads.ts';
import type { PacketFate } from './transport-feedback.ts';

/** The peer, and what its packets are made with. */
export interface WebRtcOutboundOptions {
  readonly peer: Peer;
  readonly plan: PeerPlan;
  readonly payloads: SharedPayloads;
  readonly clock: Clock;
  randomSource(): number;
  /** The stream runs in a codec that the peer did not offer. */
  onUntaken(codec: string): void;
}

/** Requests for a keyframe closer together than this are one, microseconds: browsers repeat them with every report. */
const KEYFRAME_INTERVAL_US = 200e3;

/** A path that carried nothing for this long gets a packet of padding, microseconds: what answers it is alive. */
const QUIET_US = 900e3;

/** While more bytes than this wait in the data channel nothing else is taken from the source: it would not keep its order. */
const MAX_DATA_BYTES = 65_536;

/** While more bytes than this wait there pictures are not told of: about a second of what tells of them. */
const MAX_NOTE_BACKLOG_BYTES = 4_096;

/**
 * What leaves for one peer: takes pieces from the source whenever there is room, sends them as packets of tracks or as units on the
 * data channel, and answers the reports that come back.
 */
export class WebRtcOutbound {
  readonly #options: WebRtcOutboundOptions;
  readonly #tracks: OutboundTracks;
  readonly #packets = new SentPackets();
  readonly #window = new PacketWindow();
  readonly #repair = new RepairDelay();
  /** Cuts what goes on the data channel into units, as on WebSocket; its window is not used. */
  readonly #units = new FragmentWindow();
  readonly #ntp: NtpClock;
  /** Whether the peer tells of every packet; a player may not. */
  readonly #watch: FeedbackWatch;
  #source: PieceSource | undefined;
  #sink: TransportSink | undefined;
  #isPumping = false;
  #paceTimer: NodeJS.Timeout | undefined;
  #sentBytes = 0;
  #sentPackets = 0;
  #lostPackets = 0;
  #roundTripUs: number | undefined;
  #sentAt: Micros;
  #keyframeAskedAt = -Infinity;

  constructor(options: WebRtcOutboundOptions) {
    const { clock, plan, payloads } = options;
    this.#options = options;
    this.#sentAt = clock.now();
    this.#ntp = new NtpClock(Date.now() * 1_000, this.#sentAt);
    this.#tracks = new OutboundTracks({
      plan,
      payloads,
      ntp: this.#ntp,
      randomSource: () => options.randomSource(),
    });
    this.#watch = new FeedbackWatch(agreesToTell(plan), this.#sentAt);
  }

  /** Bytes of packets of which the peer has not told. */
  get inFlightBytes(): number {
    return this.#watch.isTold ? this.#packets.inFlightBytes : 0;
  }

  get stats(): TransportStats {
    const counted = { lostPackets: this.#lostPackets, sentPackets: this.#sentPackets };
    const rttUs = this.#roundTripUs;
    return rttUs === undefined ? counted : { ...counted, rttUs };
  }

  start(source: PieceSource, sink: TransportSink): void {
    this.#source = source;
    this.#sink = sink;
  }

  /** The session opens a flow. */
  open(unit: FlowOpenUnit): void {
    this.#tracks.open(unit);
  }

  setWindow(bytes: number, rates: SendRates | undefined): void {
    const now = this.#options.clock.now();
    this.#window.resize(bytes, this.#watch.bound(rates, now), now);
  }

  stop(): void {
    this.#source = undefined;
    this.#sink = undefined;
    clearTimeout(this.#paceTimer);
  }

  /** Writes what the source has, as far as there is room, in this turn. */
  wake(): void {
    // The source may abandon, or wake, while it is asked.
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#source !== undefined) {
        const now = this.#options.clock.now();
        const limit = this.#window.limit(this.inFlightBytes, now);
        if (limit === undefined || this.#options.peer.bufferedDataBytes > MAX_DATA_BYTES) break;
        const piece = this.#source.next(now, limit);
        if (piece === undefined) break;
        this.#write(piece, now);
      }
    } finally {
      this.#isPumping = false;
    }
    this.#wakeWhenPaced();
  }

  /** Twice a second: sender reports, and something to answer where nothing was sent. */
  beat(now: Micros): void {
    for (const report of this.#tracks.reports(now)) this.#send(report, now);
    this.#lookAtFeedback(now);
    if (now - this.#sentAt < QUIET_US) return;
    for (const padding of this.#tracks.padding()) this.#send(padding, now);
  }

  /** Takes RTCP of the peer. */
  rtcp(packet: Uint8Array, now: Micros): void {
    this.#watch.heard(now);
    for (const feedback of readRtcp(packet)) this.#take(feedback, now);
  }

  #take(feedback: Feedback, now: Micros): void {
    switch (feedback.type) {
      case 'keyframe':
        this.#askForKeyframe(now);
        break;
      case 'lost':
        this.#sendAgain(feedback.ssrc, feedback.sequences, now);
        break;
      case 'arrivals':
        if (this.#watch.isAgreed) this.#arrived(feedback.fates, now);
        break;
      case 'report':
        this.#report(feedback, now);
        break;
      case 'estimate':
        this.#watch.reported.estimated(feedback.bps, now);
        this.#tellLimit(now);
        break;
    }
  }

  #sendAgain(ssrc: number, sequences: readonly number[], now: Micros): void {
    const { outputs, isHopeless } = this.#tracks.lost(ssrc, sequences, now);
    for (const output of outputs) this.#send(output, now);
    if (isHopeless) this.#askForKeyframe(now);
  }

  #arrived(fates: readonly PacketFate[], now: Micros): void {
    const { newestSentAt, newestArrival, settledBytes, lost, missing, entries } =
      this.#packets.arrived(fates);
    this.#lostPackets += lost;
    this.#repair.told(fates.length, lost, now);
    this.#tracks.holdMs = this.#repair.delayMs(this.#roundTripUs, now);
    // The peer asks for them as well; but what it asks may be lost, and it knows no round trip by which to repeat itself.
    for (const { ssrc, sequence } of missing) this.#sendAgain(ssrc, [sequence], now);
    if (newestSentAt === undefined) return;
    if (!this.#watch.isTold) this.#sink?.feedback?.({ type: 'limited', bps: undefined });
    this.#watch.told(now);
    this.#window.told(now);
    if (newestArrival !== undefined && entries.length > 0) {
      const report = { type: 'report', now: newestArrival, entries, values: {} } as const;
      this.#sink?.feedback?.({ type: 'arrivals', report });
    }
    this.#acknowledge(settledBytes, newestSentAt, now);
    this.wake();
  }

  #acknowledge(bytes: number, sentAt: Micros, now: Micros): void {
    this.#sink?.acknowledged({
      bytes,
      cumulativeBytes: this.#sentBytes - this.inFlightBytes,
      sentAt,
      receivedAt: undefined,
      hold: micros(0),
      now,
    });
  }

  #report(report: Extract<Feedback, { type: 'report' }>, now: Micros): void {
    this.#roundTripUs = roundTripOf(report, this.#ntp, now) ?? this.#roundTripUs;
    this.#window.setRoundTrip(this.#roundTripUs ?? 0);
    if (this.#watch.isTold || report.ssrc !== this.#options.plan.video?.ssrc) return;
    this.#watch.reported.reported(report.lostShare, now);
    this.#tellLimit(now);
  }

  /** A peer that agreed to tell of packets may not do it, and what is under way would never end. */
  #lookAtFeedback(now: Micros): void {
    const wasTold = this.#watch.isTold;
    this.#watch.look(this.#packets.oldestSentAt, now);
    if (this.#watch.isTold) return;
    this.#packets.forget(micros(Math.max(0, now - UNTOLD_US)));
    if (!wasTold) return;
    this.#tellLimit(now);
    this.wake();
  }

  #tellLimit(now: Micros): void {
    const bps = this.#watch.limitBps(now);
    if (bps !== undefined) this.#sink?.feedback?.({ type: 'limited', bps });
  }

  #askForKeyframe(now: Micros): void {
    if (now - this.#keyframeAskedAt < KEYFRAME_INTERVAL_US) return;
    this.#keyframeAskedAt = now;
    this.#sink?.feedback?.({ type: 'keyframeWanted' });
  }

  #write(piece: Piece, now: Micros): void {
    if (!this.#tracks.carries(piece.message.header.flow)) {
      this.#writeUnit(piece, now);
      return;
    }
    const outputs = this.#tracks.write(piece);
    if ('type' in outputs) {
      this.#options.onUntaken(outputs.codec);
      return;
    }
    for (const output of outputs) this.#send(output, now);
    if (piece.offset === 0) this.#tellOf(piece, now);
    if (!this.#watch.isTold) this.#acknowledge(0, now, now);
  }

  /** Tells a client when the picture that begins on its track was captured, encoded and sent: its browser sees none of that. */
  #tellOf({ message }: Piece, now: Micros): void {
    const { plan, peer } = this.#options;
    if (plan.data === undefined || peer.bufferedDataBytes > MAX_NOTE_BACKLOG_BYTES) return;
    const note = this.#tracks.noteOf(message.header);
    if (note !== undefined) peer.sendData(encodeMessage(toMicros32(now), note, new Uint8Array(0)));
  }

  /** What is not on a track goes with the control units, behind which nothing waits. */
  #writeUnit(piece: Piece, now: Micros): void {
    const unit = this.#units.encode(piece, now);
    this.#options.peer.sendData(unit);
    this.#sentBytes += unit.byteLength;
    this.#sink?.sent(unit.byteLength, now);
    this.#acknowledge(unit.byteLength, now, now);
  }

  #send(output: TrackOutput, now: Micros): void {
    const { kind, of, repeat, isReport, write } = output;
    const packet = write(this.#packets.nextSequence);
    if (packet === undefined) return;
    this.#options.peer.sendTrack(kind, packet);
    if (isReport) return;
    this.#sentAt = now;
    this.#sentPackets += 1;
    this.#sentBytes += packet.byteLength;
    this.#watch.reported.sent(packet.byteLength);
    this.#packets.sent({ bytes: packet.byteLength, of, repeat }, now);
    this.#window.sent(packet.byteLength, now);
    this.#sink?.sent(packet.byteLength, now);
  }

  /** Nothing but time lets a paced piece go. */
  #wakeWhenPaced(): void {
    const delay = this.#source === undefined ? 0 : this.#window.delay(this.#options.clock.now());
    if (delay === 0 || this.#paceTimer !== undefined) return;
    this.#paceTimer = setTimeout(() => {
      this.#paceTimer = undefined;
      this.wake();
    }, delay / 1_000);
  }
}
