import { AvcStream } from '../../client/media-source/avc-stream.ts';
import { createMinimalMuxer } from '../../client/media-source/minimal-muxer.ts';
import { createMp4BoxMuxer } from '../../client/media-source/mp4box-muxer.ts';
import type { CreateMuxer, MuxedTrack } from '../../client/media-source/muxer.ts';
import { OPUS_TRACK } from '../../client/media-source/probe.ts';
import { probeKeyframes } from '../../client/video/probe-keyframes.ts';
import { percentile } from './percentiles.ts';
import type { Report, Row } from './report.ts';

/** A minute at 60 pictures, and of sound in packets of 10 ms. */
const PICTURES = 3_600;
const PACKETS = 6_000;

/** A picture at 10 Mbit/s and 60 per second, and a packet at 128 kbit/s, bytes. */
const PICTURE_BYTES = 20_000;
const PACKET_BYTES = 160;

/** Events before those that count: just-in-time compilers settle. */
const WARM_UP = 500;

const muxers: Readonly<Record<string, CreateMuxer>> = {
  mp4box: createMp4BoxMuxer,
  ours: createMinimalMuxer,
};

/** What one fragment of MP4 costs by each muxer, in one run. */
export function mux(): Report {
  const rows = Object.entries(muxers).flatMap(([name, create]): Row[] => [
    {
      label: `picture, ${name}`,
      figures: timed(create(pictureTrack()), { bytes: PICTURE_BYTES, count: PICTURES }),
    },
    {
      label: `sound, ${name}`,
      figures: timed(create(OPUS_TRACK), { bytes: PACKET_BYTES, count: PACKETS }),
    },
  ]);
  return {
    name: 'one fragment of MP4 for Media Source, microseconds',
    method: `${PICTURES} access units of ${PICTURE_BYTES} bytes and ${PACKETS} packets of ${PACKET_BYTES}, one fragment each, in Node`,
    goal: 'mp4box is kept unless it costs more than 3,000 at p95',
    rows,
  };
}

function pictureTrack(): MuxedTrack {
  const keyframe = probeKeyframes[0]?.keyframe ?? '';
  const bytes = Uint8Array.from(atob(keyframe), (character) => character.charCodeAt(0));
  const start = new AvcStream().sample(bytes)?.begins;
  if (start === undefined) throw new Error('keyframe: expected parameter sets');
  return start.track;
}

function timed(
  muxer: ReturnType<CreateMuxer>,
  { bytes, count }: { readonly bytes: number; readonly count: number },
): Row['figures'] {
  muxer.initialize();
  const costs: number[] = [];
  for (let event = 0; event < WARM_UP + count; event += 1) {
    const data = new Uint8Array(bytes);
    const begun = performance.now();
    muxer.fragment({ data, time: event * 1500, duration: 1500, key: event === 0 });
    if (event >= WARM_UP) costs.push((performance.now() - begun) * 1000);
  }
  return { p50: percentile(costs, 0.5), p95: percentile(costs, 0.95) };
}
