import type { FlowOpenUnit } from '../../protocol/control/flow-control.ts';
import type { FlowId } from '../../protocol/flow.ts';
import { trackTimestamp } from '../../protocol/figure-extension.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import { readStreamCodec } from '../../protocol/stream-codec.ts';
import type { Micros } from '../../protocol/time.ts';
import { codecOfStream, type PeerPlan } from '../signaling/peer-plan.ts';
import type { RtpFormat } from '../signaling/rtp-format.ts';
import type { Piece } from '../transport/transport.ts';
import type { NtpClock } from './ntp.ts';
import type { TrackKind } from './peer-stack.ts';
import { RetransmissionBudget } from './retransmissions.ts';
import type { RtpPayload } from './rtp-payload.ts';
import { RtpTrack } from './rtp-track.ts';
import { encodeSenderReport } from './sender-report.ts';
import type { PacketName, PacketOf } from './sent-packets.ts';
import type { SharedPayloads } from './shared-payloads.ts';
import { SoundTimeline } from './sound-timeline.ts';

/** Ticks of a picture's clock per second, whatever its format (RFC 6184, section 8.2.1). */
const VIDEO_CLOCK = 90_000;

/** A packet on its way to the peer. */
export interface TrackOutput {
  readonly kind: TrackKind;
  /** Undefined for RTCP, for what is sent again and for padding. */
  readonly of: PacketOf | undefined;
  /** What to send again when this one is lost; undefined where nobody waits for it. */
  readonly repeat: PacketName | undefined;
  /** Makes the packet, with its number among all of the transport. */
  readonly write: (transportSequence: number) => Buffer | undefined;
  /** Packets without such a number: RTCP. */
  readonly isReport: boolean;
}

/** Which tracks there are, and what their packets are made with. */
export interface OutboundTracksOptions {
  readonly plan: PeerPlan;
  readonly payloads: SharedPayloads;
  readonly ntp: NtpClock;
  /** Draws where numbers and timestamps begin: 0 to 2^32 - 1. */
  randomSource(): number;
}

/** A message that is being sent. */
interface OpenMessage {
  readonly payloads: readonly RtpPayload[];
  readonly format: RtpFormat;
  readonly timestamp: number;
  next: number;
}

interface OpenTrack {
  readonly kind: TrackKind;
  readonly rtp: RtpTrack;
  readonly formats: readonly RtpFormat[];
  readonly budget: RetransmissionBudget;
  /** What codec the flow was opened with, and what its newest keyframe says. */
  opened: string;
  running: string;
  message: OpenMessage | undefined;
}

/** A stream that changed to a codec which was not agreed upon. */
export interface Untaken {
  readonly type: 'untaken';
  readonly codec: string;
}

/**
 * The media of one viewer as tracks: turns the pieces of messages on flows of video and audio into RTP packets, answers what the peer
 * misses, and makes its sender reports. A pure core; it sends nothing itself.
 */
export class OutboundTracks {
  /** How long pictures are to be held back by the peer, ms. */
  holdMs = 0;
  readonly #options: OutboundTracksOptions;
  readonly #tracks = new Map<FlowId, OpenTrack>();
  /** Flows of video and audio, with a track or without one. */
  readonly #flows = new Set<FlowId>();
  readonly #pictureStart: number;
  readonly #sound: SoundTimeline;

  constructor(options: OutboundTracksOptions) {
    this.#options = options;
    this.#pictureStart = options.randomSource();
    this.#sound = new SoundTimeline(options.randomSource());
  }

  /** Makes a track of a flow of video or audio that the session opens, if the peer takes one. */
  open({ flow, kind, metadata }: FlowOpenUnit): void {
    if (kind !== 'video' && kind !== 'audio') return;
    this.#flows.add(flow);
    const plan = this.#options.plan[kind];
    if (plan === undefined) return;
    const codec = String(metadata['codec']);
    this.#tracks.set(flow, {
      kind,
      rtp: new RtpTrack(plan, this.#options.randomSource()),
      formats: plan.formats,
      budget: new RetransmissionBudget(),
      opened: codec,
      running: codec,
      message: undefined,
    });
  }

  /** Whether messages of a flow belong here; without a track they go nowhere. */
  carries(flow: FlowId): boolean {
    return this.#flows.has(flow);
  }

  /** What a picture's header says of it on its track; undefined for a message that is no picture there. */
  noteOf(header: MessageHeader): MessageHeader | undefined {
    if (this.#tracks.get(header.flow)?.kind !== 'video') return undefined;
    const timestamp = trackTimestamp.write(this.#pictureTime(header.captureTime));
    return { ...header, extensions: [...header.extensions, timestamp] };
  }

  /** The packets that a piece completes. */
  write({ message, offset, bytes, last }: Piece): readonly TrackOutput[] | Untaken {
    const { header, payload } = message;
    const track = this.#tracks.get(header.flow);
    if (track === undefined) return [];
    if (offset === 0) {
      if (header.key) track.running = readStreamCodec(header.extensions) ?? track.opened;
      const format = formatFor(track);
      if (format === undefined) return { type: 'untaken', codec: track.running };
      const { codec } = format;
      const payloads = this.#options.payloads.of({ codec, key: header.key, data: payload });
      const timestamp = this.#timestampOf(track, header.captureTime, payload);
      track.message = { payloads, format, timestamp, next: 0 };
    }
    return this.#continue(track, { header, until: offset + bytes.length, last });
  }

  /** Answers a peer that misses packets; `isHopeless` when one of them cannot be sent again. */
  lost(
    ssrc: number,
    sequences: readonly number[],
    now: Micros,
  ): { readonly outputs: readonly TrackOutput[]; readonly isHopeless: boolean } {
    const track = [...this.#tracks.values()].find(({ rtp }) => rtp.isSource(ssrc));
    const outputs: TrackOutput[] = [];
    let isHopeless = false;
    for (const sequence of track === undefined ? [] : sequences) {
      const bytes = track?.rtp.keptBytes(sequence);
      const verdict = bytes === undefined ? 'never' : track?.budget.ask(sequence, bytes, now);
      // Sound that is lost stays lost: nothing depends on it.
      if (verdict === 'never') isHopeless ||= track?.kind === 'video';
      if (track === undefined || bytes === undefined || verdict !== 'again') continue;
      outputs.push(...againOf(track, sequence, bytes));
    }
    return { outputs, isHopeless };
  }

  /** A packet without content for each track that was begun, so that a silent path shows whether the peer is there. */
  padding(): readonly TrackOutput[] {
    return [...this.#tracks.values()].map(({ kind, rtp }) => ({
      kind,
      of: undefined,
      repeat: undefined,
      isReport: false,
      write: (at) => rtp.padding(at),
    }));
  }

  /** Sender reports of the tracks that were begun. */
  reports(now: Micros): readonly TrackOutput[] {
    return [...this.#tracks.values()].flatMap(({ kind, rtp }): readonly TrackOutput[] => {
      const timestamp = kind === 'video' ? this.#pictureTime(now) : this.#sound.at(now);
      if (timestamp === undefined || rtp.sent.packets === 0) return [];
      const time = this.#options.ntp.at(now);
      const report = { ssrc: rtp.ssrc, time, timestamp, sent: rtp.sent };
      const unnamed = { of: undefined, repeat: undefined };
      return [{ kind, ...unnamed, isReport: true, write: () => encodeSenderReport(report) }];
    });
  }

  #continue(
    track: OpenTrack,
    {
      header,
      until,
      last,
    }: { readonly header: MessageHeader; readonly until: number; readonly last: boolean },
  ): readonly TrackOutput[] {
    const open = track.message;
    if (open === undefined) return [];
    const outputs: TrackOutput[] = [];
    const { payloads, format, timestamp } = open;
    for (; open.next < payloads.length; open.next += 1) {
      const payload = payloads[open.next];
      if (payload === undefined || (!last && payload.end > until)) break;
      const isFirst = open.next === 0;
      const isLast = open.next === payloads.length - 1;
      const { kind, rtp, budget } = track;
      const captured =
        isFirst && kind === 'video' ? this.#options.ntp.at(header.captureTime) : undefined;
      const { holdMs } = this;
      const marker = kind === 'video' && isLast;
      const packet = { format, payload, timestamp, marker, captured, holdMs };
      outputs.push({
        kind,
        of: { flow: header.flow, seq: header.seq, isLast },
        // They are written in this order, before anything else of the track.
        repeat: nameOf(track, (rtp.nextSequence + outputs.length) & 0xffff),
        isReport: false,
        write: (at) => {
          budget.earn(payload.head.length + payload.body.length);
          return rtp.packet(packet, at);
        },
      });
    }
    if (last) track.message = undefined;
    return outputs;
  }

  #timestampOf(track: OpenTrack, captured: Micros, payload: Uint8Array): number {
    if (track.kind === 'video') return this.#pictureTime(captured);
    return this.#sound.place(payload, captured).timestamp;
  }

  #pictureTime(moment: Micros): number {
    return (this.#pictureStart + Math.round((moment * VIDEO_CLOCK) / 1e6)) % 2 ** 32;
  }
}

/** A packet once more, and a copy for the case that it is lost again. */
function againOf(track: OpenTrack, sequence: number, bytes: number): readonly TrackOutput[] {
  const { kind, rtp, budget } = track;
  const output: TrackOutput = {
    kind,
    of: undefined,
    repeat: nameOf(track, sequence),
    isReport: false,
    write: (at) => rtp.again(sequence, at),
  };
  if (kind === 'audio' || !budget.isAmple) return [output];
  budget.spend(bytes);
  return [output, output];
}

/** Sound that is lost stays lost. */
const nameOf = ({ kind, rtp }: OpenTrack, sequence: number): PacketName | undefined =>
  kind === 'video' ? { ssrc: rtp.ssrc, sequence } : undefined;

function formatFor({ kind, running, formats }: OpenTrack): RtpFormat | undefined {
  const codec = kind === 'audio' ? 'opus' : codecOfStream(running);
  return formats.find((format) => format.codec === codec);
}
