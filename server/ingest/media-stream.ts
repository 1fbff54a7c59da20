import { rtpProfile } from '../../gst/rtp-profile.ts';
import type { VideoFormat } from '../../gst/video-codec.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from './access-unit.ts';
import { FanOut } from './fan-out.ts';
import { createFaultCounters, type FaultCounters, type MediaFaults } from './faults.ts';
import { OpusDepacketizer } from './opus-depacketizer.ts';
import { PictureDepacketizer } from './picture-depacketizer.ts';
import { ReorderBuffer, type OrderedPacket } from './reorder.ts';
import { Rfc4571Deframer } from './rfc4571.ts';
import { parseRtpPacket, type RtpPacket } from './rtp-packet.ts';

/** Shortest time between two requests for a keyframe, in nanoseconds. */
const KEYFRAME_INTERVAL_NS = 250_000_000n;

/** So many frames in a row without one packet of ours: the length fields are out of step and stay so. */
const MAX_FOREIGN_RUN = 16;

/** What the stream carries, and who is told what it lacks. */
export interface MediaStreamOptions {
  readonly codec: VideoFormat | 'opus';
  /** Payload type of its packets; default that of our own encoders. */
  readonly payloadType?: number;
  /** Capture time of a packet's access unit, nanoseconds of CLOCK_MONOTONIC; default what the packet says. */
  readonly captureTimeOf?: (packet: RtpPacket, nowNs: bigint) => bigint;
  /** Pictures are thrown away because their reference was lost: a keyframe is needed. At most once in 250 ms. */
  readonly onKeyframeNeeded?: () => void;
  /** The bytes are not RTP any more, which only a new child mends. Once per `reset`. */
  readonly onFramingLost?: () => void;
}

/**
 * One stream from a child's pipe to all of its viewers: deframing, RTP, order, access units, fan-out. Synchronous: an
 * access unit reaches every sink within the `push` that brings its last byte. Damage is counted in `faults`, never
 * thrown, and every stage is bounded, so that no child can hurt the gateway.
 */
export class MediaStream {
  readonly #options: MediaStreamOptions;
  readonly #faults: FaultCounters = createFaultCounters();
  readonly #deframer = new Rfc4571Deframer();
  readonly #reorder = new ReorderBuffer(this.#faults);
  readonly #video: PictureDepacketizer | undefined;
  readonly #audio: OpusDepacketizer | undefined;
  readonly #payloadType: number;
  readonly #fanOut = new FanOut();
  #foreignRun = 0;
  #keyframeAskedAt: bigint | undefined;

  constructor(options: MediaStreamOptions) {
    this.#options = options;
    if (options.codec === 'opus') {
      this.#audio = new OpusDepacketizer(this.#faults);
      this.#payloadType = options.payloadType ?? rtpProfile.audioPayloadType;
    } else {
      this.#video = new PictureDepacketizer(options.codec, this.#faults);
      this.#payloadType = options.payloadType ?? rtpProfile.videoPayloadType;
    }
  }

  /** What a video decoder needs; undefined for sound and before the first keyframe. */
  get parameters(): VideoParameters | undefined {
    return this.#video?.parameters;
  }

  /** What went wrong so far; the same object all the time. */
  get faults(): MediaFaults {
    return this.#faults;
  }

  /**
   * Takes bytes from the pipe, cut anywhere.
   *
   * @param chunk Handed over: the caller must not write to it afterwards.
   * @param nowNs CLOCK_MONOTONIC in nanoseconds, as from `process.hrtime.bigint()`.
   */
  push(chunk: Uint8Array, nowNs: bigint): void {
    for (const bytes of this.#deframer.push(chunk)) this.pushPacket(bytes, nowNs);
  }

  /** Takes one packet that came without framing, or out of it; otherwise as `push`. */
  pushPacket(bytes: Uint8Array, nowNs: bigint): void {
    if (bytes.length === 0) this.#faults.emptyFrames += 1;
    else this.#packet(bytes, nowNs);
  }

  /** The next byte comes from a new child. Subscribers, counters and parameters stay. */
  reset(): void {
    this.#deframer.reset();
    this.#reorder.reset();
    this.#video?.reset();
    this.#audio?.reset();
    this.#foreignRun = 0;
    this.#keyframeAskedAt = undefined;
  }

  /** Adds a sink for all access units from now on; the returned function removes it. */
  subscribe(sink: AccessUnitSink): () => void {
    return this.#fanOut.subscribe(sink);
  }

  #packet(bytes: Uint8Array, nowNs: bigint): void {
    const packet = parseRtpPacket(bytes);
    if (packet?.payloadType !== this.#payloadType) {
      if (packet === undefined) this.#faults.malformedPackets += 1;
      else this.#faults.foreignPackets += 1;
      this.#noteForeign();
      return;
    }
    if (this.#foreignRun < MAX_FOREIGN_RUN) this.#foreignRun = 0;
    const captureTime = this.#options.captureTimeOf?.(packet, nowNs) ?? packet.captureTime;
    for (const ordered of this.#reorder.push({ ...packet, captureTime }, nowNs)) {
      if (this.#video !== undefined) this.#depacketizeVideo(this.#video, ordered, nowNs);
      else this.#deliver(this.#audio?.push(ordered, nowNs));
    }
  }

  #depacketizeVideo(video: PictureDepacketizer, ordered: OrderedPacket, nowNs: bigint): void {
    const undecodable = this.#faults.undecodableAccessUnits;
    for (const unit of video.push(ordered, nowNs)) this.#deliver(unit);
    if (this.#faults.undecodableAccessUnits > undecodable) this.#askForKeyframe(nowNs);
  }

  #askForKeyframe(nowNs: bigint): void {
    const askedAt = this.#keyframeAskedAt;
    if (askedAt !== undefined && nowNs - askedAt < KEYFRAME_INTERVAL_NS) return;
    this.#keyframeAskedAt = nowNs;
    this.#options.onKeyframeNeeded?.();
  }

  #noteForeign(): void {
    this.#foreignRun += 1;
    if (this.#foreignRun !== MAX_FOREIGN_RUN) return;
    this.#faults.framingLosses += 1;
    this.#options.onFramingLost?.();
  }

  #deliver(unit: AccessUnit | undefined): void {
    if (unit === undefined) return;
    this.#fanOut.deliver(unit);
    this.#faults.failedSinks = this.#fanOut.failed;
  }
}
