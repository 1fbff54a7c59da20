import type { VideoParameters } from './access-unit.ts';
import type { FaultCounters } from './faults.ts';
import { HevcPayloadReader, hevcNalType, hevcNalTypeOf } from './hevc-payload.ts';
import { readHevcSps } from './hevc-sps.ts';
import type { PictureAssembly } from './picture-assembly.ts';
import type {
  PayloadResult,
  PictureFacts,
  PictureFormat,
  PictureFormatParts,
} from './picture-format.ts';

/**
 * HEVC over RTP (RFC 7798) into Annex B. A keyframe is a picture that a decoder can start at, with its video, sequence and
 * picture parameter sets before it. Encoders are told not to reorder; every picture counts as one that others refer to.
 */
export class HevcFormat implements PictureFormat {
  readonly #faults: FaultCounters;
  readonly #assembly: PictureAssembly;
  readonly #reader: HevcPayloadReader;
  readonly #sets = new Set<number>();
  #hasSlice = false;
  #hasIrap = false;
  #parameters: VideoParameters | undefined;

  constructor({ faults, assembly }: PictureFormatParts) {
    this.#faults = faults;
    this.#assembly = assembly;
    this.#reader = new HevcPayloadReader({
      whole: (nal) => this.#whole(nal),
      fragmentFirst: (header, bytes) => {
        this.#note(hevcNalTypeOf(header[0] ?? 0));
        assembly.beginNal(header);
        assembly.append(bytes);
      },
      fragmentNext: (bytes) => assembly.append(bytes),
    });
  }

  get parameters(): VideoParameters | undefined {
    return this.#parameters;
  }

  begin(): void {
    this.#sets.clear();
    this.#hasSlice = false;
    this.#hasIrap = false;
  }

  read(payload: Uint8Array): PayloadResult {
    return this.#reader.push(payload);
  }

  finish(): PictureFacts | undefined {
    if (!this.#hasSlice || this.#reader.isFragmentOpen) return undefined;
    // All three kinds of sets: a decoder that starts here has none of them yet.
    const key = this.#hasIrap && this.#sets.size === 3;
    return { key, isReference: true, temporalLayer: 0 };
  }

  reset(): void {
    this.#reader.reset();
  }

  #whole(nal: Uint8Array): void {
    const type = hevcNalTypeOf(nal[0] ?? 0);
    this.#note(type);
    if (type === hevcNalType.sps) this.#readSps(nal);
    this.#assembly.beginNal(nal);
  }

  #note(type: number): void {
    if (type >= hevcNalType.vps && type <= hevcNalType.pps) this.#sets.add(type);
    if (type > hevcNalType.lastSlice) return;
    this.#hasSlice = true;
    this.#hasIrap ||= type >= hevcNalType.firstIrap && type <= hevcNalType.lastIrap;
  }

  #readSps(nal: Uint8Array): void {
    const parameters = readHevcSps(nal);
    if (parameters === undefined) {
      this.#faults.unreadableParameterSets += 1;
      return;
    }
    const { codec, width, height } = parameters;
    const known = this.#parameters;
    if (known?.codec !== codec || known.width !== width || known.height !== height) {
      this.#parameters = parameters;
    }
  }
}
