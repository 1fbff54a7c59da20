import { rtpProfile } from '../../gst/rtp-profile.ts';
import type { VideoFormat } from '../../gst/video-codec.ts';
import type { AccessUnit, VideoParameters } from './access-unit.ts';
import { Av1Format } from './av1-format.ts';
import { CaptureClock } from './capture-clock.ts';
import type { FaultCounters } from './faults.ts';
import { H264Format } from './h264-format.ts';
import { HevcFormat } from './hevc-format.ts';
import { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';
import type { OrderedPacket } from './reorder.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { Vp8Format } from './vp8-format.ts';
import { Vp9Format } from './vp9-format.ts';

/** A gap between two pictures longer than this says nothing about how long to show one, in nanoseconds. */
const MAX_DURATION_NS = 1_000_000_000n;

/** What is known about the access unit that is being collected. */
interface Gathering {
  readonly timestamp: number;
  readonly captureTime: bigint;
  isDamaged: boolean;
  /** Nothing but payloads without a part of a picture came so far. */
  isEmpty: boolean;
}

const formats: Readonly<Record<VideoFormat, (parts: PictureFormatParts) => PictureFormat>> = {
  h264: (parts) => new H264Format(parts),
  vp8: (parts) => new Vp8Format(parts),
  vp9: (parts) => new Vp9Format(parts),
  hevc: (parts) => new HevcFormat(parts),
  av1: (parts) => new Av1Format(parts),
};

/**
 * RTP packets in order in, access units out. An access unit ends with the marker bit, or where the timestamp changes. One that
 * lost a part is thrown away, and so are those after it up to the next keyframe, since they refer to it;
 * `faults.undecodableAccessUnits` counts them.
 */
export class PictureDepacketizer {
  readonly #codec: VideoFormat;
  readonly #faults: FaultCounters;
  readonly #assembly = new PictureAssembly();
  readonly #format: PictureFormat;
  readonly #clock: CaptureClock;
  #gathering: Gathering | undefined;
  /** Only a keyframe can follow: nothing was decoded yet, or a reference was lost. */
  #isChainBroken = true;
  /** How many access units back the newest reference is from the next one. */
  #sinceReference = 1;
  #lastCaptureTime: bigint | undefined;

  constructor(codec: VideoFormat, faults: FaultCounters) {
    this.#codec = codec;
    this.#faults = faults;
    this.#format = formats[codec]({ assembly: this.#assembly, faults });
    this.#clock = new CaptureClock(rtpProfile.videoClockRate, faults);
  }

  /** What the newest keyframe says; undefined before the first. */
  get parameters(): VideoParameters | undefined {
    return this.#format.parameters;
  }

  /** Takes one packet; returns the access units that it completes, at most two. */
  push({ packet, lostBefore }: OrderedPacket, nowNs: bigint): readonly AccessUnit[] {
    const units: AccessUnit[] = [];
    let gathering = this.#gathering;
    if (gathering !== undefined && gathering.timestamp !== packet.timestamp) {
      // Its marker is missing: lost with its packet, or never sent.
      gathering.isDamaged ||= lostBefore > 0;
      if (!gathering.isEmpty) this.#finish(gathering, nowNs, units);
      gathering = undefined;
    }
    if (lostBefore > 0) this.#noteLoss(gathering);
    gathering ??= this.#begin(packet, nowNs);
    gathering.isDamaged ||= lostBefore > 0;
    this.#noteResult(this.#format.read(packet.payload), gathering);
    if (packet.marker && !gathering.isEmpty) this.#finish(gathering, nowNs, units);
    return units;
  }

  /** Forgets what was collected; the next access unit has to be a keyframe. */
  reset(): void {
    this.#assembly.clear();
    this.#format.reset();
    this.#clock.reset();
    this.#gathering = undefined;
    this.#isChainBroken = true;
    this.#lastCaptureTime = undefined;
  }

  #begin(packet: RtpPacket, nowNs: bigint): Gathering {
    this.#format.begin();
    this.#gathering = {
      timestamp: packet.timestamp,
      captureTime: this.#clock.captureTimeOf(packet, nowNs),
      isDamaged: false,
      isEmpty: true,
    };
    return this.#gathering;
  }

  /** Whatever was lost, some picture refers to it, or it was a part of one. */
  #noteLoss(gathering: Gathering | undefined): void {
    this.#format.reset();
    this.#isChainBroken = true;
    if (gathering !== undefined) gathering.isDamaged = true;
  }

  #noteResult(result: PayloadResult, gathering: Gathering): void {
    if (result === 'ignored') return;
    gathering.isEmpty = false;
    if (result === 'ok') return;
    if (result === 'malformed') this.#faults.malformedPayloads += 1;
    else this.#faults.unsupportedPayloads += 1;
    gathering.isDamaged = true;
  }

  #finish(gathering: Gathering, nowNs: bigint, units: AccessUnit[]): void {
    this.#gathering = undefined;
    const facts = this.#completed(gathering);
    if (facts === undefined) {
      this.#assembly.clear();
      this.#format.reset();
      this.#isChainBroken = true;
      return;
    }
    const { key, isReference, temporalLayer } = facts;
    if (this.#isChainBroken && !key) {
      this.#faults.undecodableAccessUnits += 1;
      this.#assembly.clear();
      return;
    }
    const { captureTime } = gathering;
    units.push({
      kind: 'video',
      codec: this.#codec,
      data: this.#assembly.take(),
      key,
      captureTime,
      arrivalTime: nowNs,
      discardable: !isReference,
      temporalLayer,
      dependency: key ? 0 : this.#sinceReference,
      durationUs: durationUs(this.#lastCaptureTime, captureTime),
      discontinuity: this.#isChainBroken,
      parameters: this.#format.parameters,
    });
    this.#sinceReference = isReference ? 1 : this.#sinceReference + 1;
    this.#lastCaptureTime = captureTime;
    this.#isChainBroken = false;
  }

  #completed({ isDamaged }: Gathering): PictureFacts | undefined {
    if (this.#assembly.isOversized) {
      this.#faults.oversizedAccessUnits += 1;
      return undefined;
    }
    const facts = this.#format.finish();
    if (facts !== undefined && !isDamaged) return facts;
    this.#faults.damagedAccessUnits += 1;
    return undefined;
  }
}

function durationUs(previous: bigint | undefined, captureTime: bigint): number {
  if (previous === undefined) return 0;
  const span = captureTime - previous;
  return span > 0n && span <= MAX_DURATION_NS ? Number(span / 1000n) : 0;
}
