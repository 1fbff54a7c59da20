import { BoxParser, createFile, DataStream, Endianness, type ISOFile } from 'mp4box';
import {
  PICTURE_TIMESCALE,
  SOUND_TIMESCALE,
  type MuxedSample,
  type MuxedTrack,
  type Muxer,
} from './muxer.ts';

/** Fragmented MP4 by mp4box.js. Import this file only when it is needed: it brings 41 KB, compressed. */
export function createMp4BoxMuxer(track: MuxedTrack): Muxer {
  const file = createFile();
  const id = file.addTrack(track.type === 'picture' ? pictureOptions(track) : soundOptions(track));
  const trak = file.getTrackById(id);
  // Times are written relative to the first one, which is ours to choose.
  trak.first_dts = 0;
  return {
    initialize: () => written(file.boxes),
    fragment: ({ data, time, duration, key }: MuxedSample) => {
      file.addSample(id, data, { dts: time, cts: time, duration, is_sync: key });
      const fragment = written(file.boxes.slice(-2));
      prune(file, trak);
      return fragment;
    },
  };
}

function pictureOptions({ width, height, avcConfig }: Extract<MuxedTrack, { type: 'picture' }>) {
  return {
    type: 'avc1',
    timescale: PICTURE_TIMESCALE,
    width,
    height,
    avcDecoderConfigRecord: avcConfig.slice().buffer,
  } as const;
}

function soundOptions({ channels, preSkip }: Extract<MuxedTrack, { type: 'sound' }>) {
  const dOps = new BoxParser.box.dOps();
  Object.assign(dOps, {
    ...{ Version: 0, OutputChannelCount: channels, PreSkip: preSkip },
    ...{ InputSampleRate: SOUND_TIMESCALE, OutputGain: 0, ChannelMappingFamily: 0 },
  });
  return {
    type: 'Opus',
    hdlr: 'soun',
    timescale: SOUND_TIMESCALE,
    channel_count: channels,
    samplerate: SOUND_TIMESCALE,
    description: dOps,
  } as const;
}

/** It keeps every sample and box for a file that is written at the end, which never comes here. */
function prune(file: ISOFile, trak: ReturnType<ISOFile['getTrackById']>): void {
  trak.samples.length = 0;
  file.boxes.length = 0;
  file.moofs.length = 0;
  file.mdats.length = 0;
}

function written(boxes: ISOFile['boxes']): Uint8Array<ArrayBuffer> {
  const stream = new DataStream(undefined, 0, Endianness.BIG_ENDIAN);
  for (const box of boxes) box.write(stream);
  return new Uint8Array(stream.buffer);
}
