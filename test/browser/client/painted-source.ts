import { spawn, type ChildProcess } from 'node:child_process';
import { BLOCK, encodePattern } from '../../../client/stats/pattern-probe.ts';

/** Bytes of the header of GStreamer's data protocol before each payload (gdppay, version 1.0). */
const GDP_HEADER = 62;
const GDP_BUFFER = 1;
const DELTA_UNIT = 0x2000;

export interface EncodedUnit {
  readonly data: Uint8Array;
  readonly key: boolean;
}

export interface Source {
  close(): void;
}

export const WIDTH = 1280;
export const HEIGHT = 192;
export const FRAME_RATE = 30;

/** Encoders with a keyframe each second, as a gateway drives them otherwise. */
const ENCODERS = {
  h264:
    `x264enc tune=zerolatency speed-preset=ultrafast bitrate=3000 key-int-max=${FRAME_RATE} bframes=0 ! ` +
    'video/x-h264,profile=constrained-baseline,stream-format=byte-stream,alignment=au',
  vp8: `vp8enc deadline=1 cpu-used=16 target-bitrate=3000000 keyframe-max-dist=${FRAME_RATE}`,
  vp9: `vp9enc deadline=1 cpu-used=9 target-bitrate=3000000 keyframe-max-dist=${FRAME_RATE}`,
} as const;

export type PaintedCodec = keyof typeof ENCODERS;

/** Grey pictures with the marked row on top, encoded with a keyframe each second. */
export function paintedVideo(
  onUnit: (unit: EncodedUnit) => void,
  codec: PaintedCodec = 'h264',
): Source {
  const encoder = gstreamer(
    `fdsrc fd=0 blocksize=${(WIDTH * HEIGHT * 3) / 2} ! rawvideoparse format=i420 width=${WIDTH} ` +
      `height=${HEIGHT} framerate=${FRAME_RATE}/1 ! ${ENCODERS[codec]} ! gdppay ! fdsink fd=1`,
    onUnit,
  );
  encoder.stdin?.on('error', () => undefined);
  let counter = 0;
  const timer = setInterval(() => {
    encoder.stdin?.write(paint(counter));
    counter += 1;
  }, 1000 / FRAME_RATE);
  return {
    close: () => {
      clearInterval(timer);
      encoder.kill('SIGKILL');
    },
  };
}

/** A tone of 1 kHz in Opus packets of 10 ms, in real time. */
export function tone(onUnit: (unit: EncodedUnit) => void): Source {
  const encoder = gstreamer(
    'audiotestsrc wave=sine freq=1000 volume=0.5 is-live=true samplesperbuffer=480 ! ' +
      'audio/x-raw,rate=48000,channels=2 ! opusenc frame-size=10 bitrate=128000 ! gdppay ! fdsink fd=1 sync=false',
    onUnit,
  );
  return { close: () => encoder.kill('SIGKILL') };
}

function paint(counter: number): Uint8Array {
  const frame = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
  const time = Math.floor((performance.timeOrigin + performance.now()) * 10) % 2 ** 32;
  const bits = encodePattern({ counter: counter & 0xffffff, time });
  for (let row = 0; row < BLOCK; row += 1) {
    bits.forEach((bit, block) => {
      const start = row * WIDTH + block * BLOCK;
      frame.fill(bit ? 235 : 16, start, start + BLOCK);
    });
  }
  return frame;
}

function gstreamer(pipeline: string, onUnit: (unit: EncodedUnit) => void): ChildProcess {
  const child = spawn('gst-launch-1.0', ['-q', ...pipeline.split(' ')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let pending = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      if (pending.length < GDP_HEADER) return;
      const end = GDP_HEADER + pending.readUInt32BE(6);
      if (pending.length < end) return;
      if (pending.readUInt16BE(4) === GDP_BUFFER) {
        const key = (pending.readUInt16BE(42) & DELTA_UNIT) === 0;
        onUnit({ data: Uint8Array.from(pending.subarray(GDP_HEADER, end)), key });
      }
      pending = pending.subarray(end);
    }
  });
  return child;
}
