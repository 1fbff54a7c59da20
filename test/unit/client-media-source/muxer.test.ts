import { createFile, MP4BoxBuffer, type Movie } from 'mp4box';
import { describe, expect, it } from 'vitest';
import { AvcStream, splitAnnexB } from '../../../client/media-source/avc-stream.ts';
import { createMinimalMuxer } from '../../../client/media-source/minimal-muxer.ts';
import { createMp4BoxMuxer } from '../../../client/media-source/mp4box-muxer.ts';
import type { MuxedTrack } from '../../../client/media-source/muxer.ts';
import { OPUS_TRACK } from '../../../client/media-source/probe.ts';
import { probeKeyframes } from '../../../client/video/probe-keyframes.ts';

const keyframe = (codec: string): Uint8Array => {
  const base64 = probeKeyframes.find((one) => one.codec === codec)?.keyframe ?? '';
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};

function pictureTrack(): MuxedTrack {
  const start = new AvcStream().sample(keyframe('avc1.64002A'))?.begins;
  if (start === undefined) throw new Error('keyframe: expected parameter sets');
  return start.track;
}

/** Reads segments as a player would. */
function read(segments: readonly Uint8Array<ArrayBuffer>[]) {
  const file = createFile(true);
  let movie: Movie | undefined;
  file.onReady = (info) => (movie = info);
  let at = 0;
  for (const segment of segments) {
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(segment.slice().buffer, at));
    at += segment.length;
  }
  return { movie, samples: file.getTrackSamplesInfo(1) };
}

describe.each([
  ['mp4box', createMp4BoxMuxer],
  ['ours', createMinimalMuxer],
])('the muxer %s', (_, createMuxer) => {
  it('writes pictures that a reader finds where and when they were put', () => {
    const muxer = createMuxer(pictureTrack());
    const samples = [0, 1, 2].map((at) => ({
      ...{ data: new Uint8Array([0, 0, 0, 1, 0x65 + at]), time: at * 1500 },
      ...{ duration: 1500, key: at === 0 },
    }));
    const segments = [muxer.initialize(), ...samples.map((one) => muxer.fragment(one))];
    const { movie, samples: found } = read(segments);
    expect(movie).toMatchObject({ isFragmented: true, duration: 0 });
    expect(movie?.tracks[0]).toMatchObject({ codec: 'avc1.640014', timescale: 90_000 });
    expect(movie?.tracks[0]?.video).toEqual({ width: 64, height: 64 });
    expect(
      found.map(({ dts, cts, duration, is_sync, size }) => [dts, cts, duration, is_sync, size]),
    ).toEqual(samples.map(({ time, key }) => [time, time, 1500, key, 5]));
  });

  it('writes sound', () => {
    const muxer = createMuxer(OPUS_TRACK);
    const data = new Uint8Array(40).fill(7);
    const sample = { data, time: 480, duration: 480, key: true };
    const { movie, samples } = read([muxer.initialize(), muxer.fragment(sample)]);
    expect(movie?.tracks[0]).toMatchObject({ codec: 'Opus', timescale: 48_000 });
    expect(movie?.tracks[0]?.audio).toMatchObject({ sample_rate: 48_000, channel_count: 2 });
    expect(samples[0]).toMatchObject({ dts: 480, duration: 480, size: 40 });
  });

  it('keeps nothing of what it has written', () => {
    const muxer = createMuxer(pictureTrack());
    muxer.initialize();
    const sample = { data: new Uint8Array(1000), time: 0, duration: 1500, key: false };
    const first = muxer.fragment(sample).length;
    for (let count = 0; count < 100; count += 1) muxer.fragment(sample);
    expect(muxer.fragment(sample).length).toBe(first);
  });
});

describe('an access unit on its way into MP4', () => {
  it('begins a stream with its parameter sets, which leave the sample', () => {
    const sample = new AvcStream().sample(keyframe('avc1.64002A'));
    expect(sample?.begins?.codec).toBe('avc1.640014');
    expect(sample?.data[4]).toBe(0x65);
    expect(new DataView(sample?.data.buffer ?? new ArrayBuffer(4)).getUint32(0)).toBe(
      (sample?.data.length ?? 0) - 4,
    );
  });

  it('begins no other stream while the parameter sets stay', () => {
    const stream = new AvcStream();
    stream.sample(keyframe('avc1.64002A'));
    expect(stream.sample(keyframe('avc1.64002A'))?.begins).toBeUndefined();
    expect(stream.sample(keyframe('avc1.4D402A'))?.begins?.codec).toBe('avc1.4D4015');
  });

  it('makes nothing of a picture without parameter sets, or of none', () => {
    const stream = new AvcStream();
    expect(stream.sample(new Uint8Array([0, 0, 1, 0x41, 1, 2]))).toBeUndefined();
    expect(stream.sample(new Uint8Array())).toBeUndefined();
  });

  it('takes start codes of three and four bytes and trailing zeros apart', () => {
    const nals = splitAnnexB(new Uint8Array([0, 0, 0, 1, 9, 16, 0, 0, 1, 0x65, 5, 0, 0]));
    expect(nals.map((nal) => [...nal])).toEqual([
      [9, 16],
      [0x65, 5],
    ]);
  });
});
