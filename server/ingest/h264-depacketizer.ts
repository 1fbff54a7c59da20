import { rtpProfile } from '../../gst/rtp-profile.ts';
import type { AccessUnit, VideoParameters } from './access-unit.ts';
import { AnnexBAssembly } from './annex-b-assembly.ts';
import { CaptureClock } from './capture-clock.ts';
import type { FaultCounters } from './faults.ts';
import { nalType, nalTypeOf, referenceOf } from './h264-nal.ts';
import { H264PayloadReader, type PayloadResult } from './h264-payload.ts';
import { lowDelaySps, type LowDelaySps } from './h264-sps.ts';
import type { OrderedPacket } from './reorder.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** A gap between two pictures longer than this says nothing about how long to show one, in nanoseconds. */
const MAX_DURATION_NS = 1_000_000_000n;

/** What is known about the access unit that is being collected. */
interface Gathering {
  readonly timestamp: number;
  readonly captureTime: bigint;
  isDamaged: boolean;
  hasSlice: boolean;
  hasIdr: boolean;
  hasSps: boolean;
  /** Some slice has nal_ref_idc above 0. */
  isReference: boolean;
}

/**
 * RTP packets in order in, access units in Annex B out (RFC 6184, packetization mode 1). An access unit ends with the
 * marker bit, or where the timestamp changes. One that lost a part is thrown away, and so are those after it up to the
 * next keyframe, since they refer to it; `faults.undecodableAccessUnits` counts them.
 */
export class H264Depacketizer {
  readonly #faults: FaultCounters;
  readonly #assembly = new AnnexBAssembly();
  readonly #clock: CaptureClock;
  readonly #reader: H264PayloadReader;
  #gathering: Gathering | undefined;
  /** Only a keyframe can follow: nothing was decoded yet, or a reference was lost. */
  #isChainBroken = true;
  #lastCaptureTime: bigint | undefined;
  #lastSps: { readonly raw: Uint8Array; readonly ready: LowDelaySps } | undefined;

  constructor(faults: FaultCounters) {
    this.#faults = faults;
    this.#clock = new CaptureClock(rtpProfile.videoClockRate, faults);
    this.#reader = new H264PayloadReader({
      whole: (nal) => this.#whole(nal),
      fragmentFirst: (header, bytes) => {
        this.#note(header);
        this.#assembly.begin(Uint8Array.of(header));
        this.#assembly.append(bytes);
      },
      fragmentNext: (bytes) => this.#assembly.append(bytes),
    });
  }

  /** What the newest sequence parameter set says; undefined before the first. */
  get parameters(): VideoParameters | undefined {
    return this.#lastSps?.ready.parameters;
  }

  /** Takes one packet; returns the access units that it completes, at most two. */
  push({ packet, lostBefore }: OrderedPacket, nowNs: bigint): readonly AccessUnit[] {
    const units: AccessUnit[] = [];
    let gathering = this.#gathering;
    if (gathering !== undefined && gathering.timestamp !== packet.timestamp) {
      // Its marker is missing: lost with its packet, or never sent.
      gathering.isDamaged ||= lostBefore > 0;
      this.#finish(gathering, nowNs, units);
      gathering = undefined;
    }
    if (lostBefore > 0) this.#noteLoss(gathering);
    gathering ??= this.#begin(packet, nowNs);
    gathering.isDamaged ||= lostBefore > 0;
    this.#noteResult(this.#reader.push(packet.payload), gathering);
    if (packet.marker) this.#finish(gathering, nowNs, units);
    return units;
  }

  /** Forgets what was collected; the next access unit has to be a keyframe. */
  reset(): void {
    this.#assembly.clear();
    this.#reader.reset();
    this.#clock.reset();
    this.#gathering = undefined;
    this.#isChainBroken = true;
    this.#lastCaptureTime = undefined;
  }

  #begin(packet: RtpPacket, nowNs: bigint): Gathering {
    this.#gathering = {
      timestamp: packet.timestamp,
      captureTime: this.#clock.captureTimeOf(packet, nowNs),
      isDamaged: false,
      hasSlice: false,
      hasIdr: false,
      hasSps: false,
      isReference: false,
    };
    return this.#gathering;
  }

  /** Whatever was lost, some picture refers to it, or it was a part of one. */
  #noteLoss(gathering: Gathering | undefined): void {
    this.#reader.reset();
    this.#isChainBroken = true;
    if (gathering !== undefined) gathering.isDamaged = true;
  }

  #noteResult(result: PayloadResult, gathering: Gathering): void {
    if (result === 'ok') return;
    if (result === 'malformed') this.#faults.malformedPayloads += 1;
    else this.#faults.unsupportedPayloads += 1;
    gathering.isDamaged = true;
  }

  #whole(nal: Uint8Array): void {
    const header = nal[0] ?? 0;
    this.#note(header);
    this.#assembly.begin(nalTypeOf(header) === nalType.sps ? this.#readySps(nal) : nal);
  }

  #note(header: number): void {
    const gathering = this.#gathering;
    if (gathering === undefined) return;
    const type = nalTypeOf(header);
    if (type === nalType.sps) gathering.hasSps = true;
    if (type < nalType.slice || type > nalType.idrSlice) return;
    gathering.hasSlice = true;
    gathering.hasIdr ||= type === nalType.idrSlice;
    gathering.isReference ||= referenceOf(header) > 0;
  }

  /** The parameter set as decoders are to see it. Encoders repeat the same one, so that only a new one is read. */
  #readySps(nal: Uint8Array): Uint8Array {
    if (this.#lastSps !== undefined && equalBytes(this.#lastSps.raw, nal)) {
      return this.#lastSps.ready.nal;
    }
    // A copy: a view would keep its whole chunk alive.
    const raw = nal.slice();
    const ready = lowDelaySps(raw);
    if (ready === undefined) {
      this.#faults.unreadableParameterSets += 1;
      return nal;
    }
    this.#lastSps = { raw, ready };
    return ready.nal;
  }

  #finish(gathering: Gathering, nowNs: bigint, units: AccessUnit[]): void {
    this.#gathering = undefined;
    const { captureTime, hasIdr, hasSps, isReference } = gathering;
    const key = hasIdr && hasSps;
    if (!this.#isComplete(gathering)) {
      this.#assembly.clear();
      this.#reader.reset();
      this.#isChainBroken = true;
      return;
    }
    if (this.#isChainBroken && !key) {
      this.#faults.undecodableAccessUnits += 1;
      this.#assembly.clear();
      return;
    }
    units.push({
      kind: 'video',
      codec: 'h264',
      data: this.#assembly.take(),
      key,
      captureTime,
      arrivalTime: nowNs,
      discardable: !isReference,
      temporalLayer: 0,
      dependency: key ? 0 : 1,
      durationUs: durationUs(this.#lastCaptureTime, captureTime),
      discontinuity: this.#isChainBroken,
    });
    this.#lastCaptureTime = captureTime;
    this.#isChainBroken = false;
  }

  #isComplete({ isDamaged, hasSlice }: Gathering): boolean {
    if (this.#assembly.isOversized) {
      this.#faults.oversizedAccessUnits += 1;
      return false;
    }
    if (isDamaged || !hasSlice || this.#reader.isFragmentOpen) {
      this.#faults.damagedAccessUnits += 1;
      return false;
    }
    return true;
  }
}

function durationUs(previous: bigint | undefined, captureTime: bigint): number {
  if (previous === undefined) return 0;
  const span = captureTime - previous;
  return span > 0n && span <= MAX_DURATION_NS ? Number(span / 1000n) : 0;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
