import type { Extension } from '../../protocol/extension.ts';
import { streamCodec } from '../../protocol/stream-codec.ts';
import type { Micros } from '../../protocol/time.ts';
import { takesStream } from '../../protocol/video-codec.ts';
import type { AccessUnit } from '../ingest/access-unit.ts';

/** Whether two codec strings name the same codec, whatever their profile and level. */
const isSameCodec = (a: string, b: string): boolean => a.split('.', 1)[0] === b.split('.', 1)[0];

/**
 * Which pictures one client can decode: those of a codec it has, from a keyframe on. The encoder changes its codec for somebody who joins,
 * which takes a moment.
 */
export class DecodablePictures {
  readonly #decodes: readonly string[];
  readonly #openedWith: string;
  #waitsForKey = true;
  /** Since when the client can decode none of the pictures. */
  #darkSince: Micros | undefined;

  /**
   * @param decodes codec strings that the client decodes (`video` of HELLO)
   * @param openedWith codec string that the flow was opened with
   */
  constructor(decodes: readonly string[], openedWith: string) {
    this.#decodes = decodes;
    this.#openedWith = openedWith;
  }

  /** Takes the next picture. Returns whether the client decodes it. */
  take(unit: AccessUnit, now: Micros): boolean {
    const { key, parameters } = unit;
    if (key && parameters !== undefined) this.#began(parameters.codec, now);
    if (this.#darkSince !== undefined || (this.#waitsForKey && !key)) return false;
    this.#waitsForKey = false;
    return true;
  }

  /** The client got none of some pictures: it goes on with a keyframe. */
  interrupted(): void {
    this.#waitsForKey = true;
  }

  /** For how long there has been nothing but pictures that the client cannot decode, µs. */
  darkFor(now: Micros): number {
    return this.#darkSince === undefined ? 0 : now - this.#darkSince;
  }

  /** A keyframe says how it is coded, where that is not what the flow was opened with. */
  codecChange({ key, parameters }: AccessUnit): readonly Extension[] {
    if (!key || parameters === undefined) return [];
    return isSameCodec(parameters.codec, this.#openedWith) ? [] : [streamCodec(parameters.codec)];
  }

  #began(codec: string, now: Micros): void {
    if (takesStream(this.#decodes, codec)) this.#darkSince = undefined;
    else {
      this.#darkSince ??= now;
      this.#waitsForKey = true;
    }
  }
}
