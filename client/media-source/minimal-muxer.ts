/*
 * The boxes that a live track needs (ISO/IEC 14496-12), and no others:
 *
 *   initialization   ftyp  moov [ mvhd  trak [ tkhd  mdia [ mdhd hdlr minf [ xmhd dinf stbl ] ] ]  mvex [ trex ] ]
 *   fragment         moof [ mfhd  traf [ tfhd tfdt trun ] ]  mdat
 */
import {
  PICTURE_TIMESCALE,
  SOUND_TIMESCALE,
  type MuxedSample,
  type MuxedTrack,
  type Muxer,
} from './muxer.ts';

type Bytes = readonly number[] | Uint8Array;

const TRACK_ID = 1;

/** Unity matrix of mvhd and tkhd, fixed point 16.16 and 2.30. */
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].flatMap((value) => u32(value));

/** trun: sample_is_non_sync_sample, or a sample that depends on no other (section 8.8.3.1). */
const DELTA_FLAGS = 0x10000;
const KEY_FLAGS = 0x2000000;

/** tfhd: offsets count from the moof (section 8.8.7.1). */
const DEFAULT_BASE_IS_MOOF = 0x20000;

/** trun: data offset, and duration, size and flags of each sample (section 8.8.8.1). */
const TRUN_FLAGS = 0x1 | 0x100 | 0x200 | 0x400;

/** Bytes of everything before the samples in a fragment: moof 100, header of mdat 8. */
const FRAGMENT_HEAD = 108;

/** A muxer of our own for the comparison with mp4box (`npm run bench mux`), and for what it can be trusted with. */
export function createMinimalMuxer(track: MuxedTrack): Muxer {
  let number = 0;
  return {
    initialize: () =>
      concat([box('ftyp', [ascii('iso6'), u32(0), ascii('iso6'), ascii('mp41')]), movie(track)]),
    fragment: (sample) => {
      number += 1;
      return fragment(number, sample);
    },
  };
}

function fragment(number: number, { data, time, duration, key }: MuxedSample) {
  const bytes = new Uint8Array(FRAGMENT_HEAD + data.length);
  const head = concat([
    box('moof', [
      fullBox('mfhd', 0, [u32(number)]),
      box('traf', [
        fullBox('tfhd', DEFAULT_BASE_IS_MOOF, [u32(TRACK_ID)]),
        fullBox('tfdt', 0x1000000, [u64(time)]),
        fullBox('trun', TRUN_FLAGS, [
          u32(1),
          u32(FRAGMENT_HEAD),
          u32(duration),
          u32(data.length),
          u32(key ? KEY_FLAGS : DELTA_FLAGS),
        ]),
      ]),
    ]),
    u32(8 + data.length),
    ascii('mdat'),
  ]);
  bytes.set(head);
  bytes.set(data, FRAGMENT_HEAD);
  return bytes;
}

function movie(track: MuxedTrack): Uint8Array<ArrayBuffer> {
  const isPicture = track.type === 'picture';
  const timescale = isPicture ? PICTURE_TIMESCALE : SOUND_TIMESCALE;
  const { width, height } = isPicture ? track : { width: 0, height: 0 };
  const media = box('minf', [
    isPicture ? fullBox('vmhd', 1, [zeros(8)]) : fullBox('smhd', 0, [zeros(4)]),
    box('dinf', [fullBox('dref', 0, [u32(1), fullBox('url ', 1, [])])]),
    box('stbl', [
      fullBox('stsd', 0, [u32(1), isPicture ? avcEntry(track) : opusEntry(track)]),
      ...['stts', 'stsc', 'stco'].map((name) => fullBox(name, 0, [u32(0)])),
      fullBox('stsz', 0, [u32(0), u32(0)]),
    ]),
  ]);
  return box('moov', [
    fullBox('mvhd', 0, [
      ...[u32(0), u32(0), u32(timescale), u32(0), u32(0x10000), u16(0x100), zeros(10)],
      ...[MATRIX, zeros(24), u32(TRACK_ID + 1)],
    ]),
    box('trak', [
      fullBox('tkhd', 7, [
        ...[u32(0), u32(0), u32(TRACK_ID), zeros(8), zeros(8), zeros(4)],
        ...[u16(isPicture ? 0 : 0x100), u16(0), MATRIX, u32(width << 16), u32(height << 16)],
      ]),
      box('mdia', [
        fullBox('mdhd', 0, [u32(0), u32(0), u32(timescale), u32(0), u16(0x55c4), u16(0)]),
        fullBox('hdlr', 0, [u32(0), ascii(isPicture ? 'vide' : 'soun'), zeros(12), [0]]),
        media,
      ]),
    ]),
    box('mvex', [fullBox('trex', 0, [u32(TRACK_ID), u32(1), zeros(12)])]),
  ]);
}

/** VisualSampleEntry (section 12.1.3) with the decoder's configuration. */
function avcEntry({ width, height, avcConfig }: Extract<MuxedTrack, { type: 'picture' }>) {
  return box('avc1', [
    ...[zeros(6), u16(1), zeros(16), u16(width), u16(height)],
    ...[u32(0x480000), u32(0x480000), u32(0), u16(1), zeros(32), u16(24), u16(0xffff)],
    box('avcC', [avcConfig]),
  ]);
}

/** AudioSampleEntry (section 12.2.3) with the Opus specific box of "Encapsulation of Opus in ISO Base Media", section 4.3.2. */
function opusEntry({ channels, preSkip }: Extract<MuxedTrack, { type: 'sound' }>) {
  return box('Opus', [
    ...[zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4)],
    u32(SOUND_TIMESCALE * 2 ** 16),
    box('dOps', [[0, channels], u16(preSkip), u32(SOUND_TIMESCALE), u16(0), [0]]),
  ]);
}

function box(name: string, parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return concat([u32(length), ascii(name), ...parts]);
}

/** @param flags version in the highest byte, flags in the others */
function fullBox(name: string, flags: number, parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return box(name, [u32(flags), ...parts]);
}

function concat(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const ascii = (text: string): readonly number[] =>
  Array.from(text, (character) => character.charCodeAt(0));

const zeros = (count: number): Uint8Array => new Uint8Array(count);

function u16(value: number): readonly number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function u32(value: number): readonly number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** Whole numbers below 2^53. */
function u64(value: number): readonly number[] {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];
}
