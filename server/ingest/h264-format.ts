import type { VideoParameters } from './access-unit.ts';
import type { FaultCounters } from './faults.ts';
import { nalType, nalTypeOf, referenceOf } from './h264-nal.ts';
import { H264PayloadReader } from './h264-payload.ts';
import { lowDelaySps, type LowDelaySps } from './h264-sps.ts';
import type { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';

/**
 * H.264 over RTP (RFC 6184, packetization mode 1) into Annex B. A keyframe is an IDR picture with its parameter set; each
 * parameter set is made to say that no picture is reordered.
 */
export class H264Format implements PictureFormat {
  readonly #faults: FaultCounters;
  readonly #assembly: PictureAssembly;
  readonly #reader: H264PayloadReader;
  #hasSlice = false;
  #hasIdr = false;
  #hasSps = false;
  /** Some slice has nal_ref_idc above 0. */
  #isReference = false;
  #lastSps: { readonly raw: Uint8Array; readonly ready: LowDelaySps } | undefined;

  constructor({ faults, assembly }: PictureFormatParts) {
    this.#faults = faults;
    this.#assembly = assembly;
    this.#reader = new H264PayloadReader({
      whole: (nal) => this.#whole(nal),
      fragmentFirst: (header, bytes) => {
        this.#note(header);
        assembly.beginNal(Uint8Array.of(header));
        assembly.append(bytes);
      },
      fragmentNext: (bytes) => assembly.append(bytes),
    });
  }

  get parameters(): VideoParameters | undefined {
    return this.#lastSps?.ready.parameters;
  }

  begin(): void {
    this.#hasSlice = false;
    this.#hasIdr = false;
    this.#hasSps = false;
    this.#isReference = false;
  }

  read(payload: Uint8Array): PayloadResult {
    return this.#reader.push(payload);
  }

  finish(): PictureFacts | undefined {
    if (!this.#hasSlice || this.#reader.isFragmentOpen) return undefined;
    const key = this.#hasIdr && this.#hasSps;
    return { key, isReference: this.#isReference, temporalLayer: 0 };
  }

  reset(): void {
    this.#reader.reset();
  }

  #whole(nal: Uint8Array): void {
    const header = nal[0] ?? 0;
    this.#note(header);
    this.#assembly.beginNal(nalTypeOf(header) === nalType.sps ? this.#readySps(nal) : nal);
  }

  #note(header: number): void {
    const type = nalTypeOf(header);
    if (type === nalType.sps) this.#hasSps = true;
    if (type < nalType.slice || type > nalType.idrSlice) return;
    this.#hasSlice = true;
    this.#hasIdr ||= type === nalType.idrSlice;
    this.#isReference ||= referenceOf(header) > 0;
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
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
