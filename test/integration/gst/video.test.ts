import { afterEach, describe, expect, test } from 'vitest';
import { encoderByName } from '../../../gst/encoders.ts';
import { probeEncoders } from '../../../gst/probe.ts';
import type { EncoderName, VideoSettings } from '../../../gst/settings.ts';
import type { SourceOptions } from '../../../gst/source.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import { lowDelaySps } from '../../../server/ingest/h264-sps.ts';
import {
  captureGapsMs,
  median,
  rateKbps,
  RunningSource,
  until,
} from '../../support/gst/running-source.ts';
import { splitAnnexB } from '../../support/ingest/rtp.ts';

const SETTINGS: VideoSettings = {
  source: { type: 'test', pattern: 'ball', width: 640, height: 360 },
  frameRate: 60,
  encoder: 'x264enc',
  bitrateKbps: 4000,
};

let running: RunningSource | undefined;

function start(settings: Partial<VideoSettings> = {}, options: Partial<SourceOptions> = {}) {
  running = new RunningSource('h264', {
    description: () => videoPipeline({ ...SETTINGS, ...settings }),
    ...options,
  });
  return running;
}

afterEach(async () => {
  await running?.source.close();
  running = undefined;
});

const noFaults = (counts: object) => Object.values(counts).every((count) => count === 0);

describe('a test picture', () => {
  test('arrives at 60 frames per second with its capture times', async () => {
    const video = start();
    const units = await video.more(150);
    expect(units[0]).toMatchObject({ key: true, discontinuity: true });
    expect(units.slice(1).some(({ key, discontinuity }) => key || discontinuity)).toBe(false);
    const gaps = captureGapsMs(units);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(median(gaps)).toBeCloseTo(1000 / 60, 1);
    // A stamp lies before the arrival, by the time that encoding took; an absolute check of the clock itself.
    const delays = units.map(
      ({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6,
    );
    expect(Math.min(...delays)).toBeGreaterThan(-1);
    expect(median(delays)).toBeLessThan(100);
    expect(median(units.slice(1).map(({ durationUs }) => durationUs))).toBeCloseTo(16_667, -2);
    expect(noFaults(video.stream.faults)).toBe(true);
    expect(video.stream.parameters).toMatchObject({ width: 640, height: 360 });
    expect(video.states.map(({ type }) => type)).toEqual(['starting', 'running']);
  });

  test('says max_num_reorder_frames = 0 in its parameter set', async () => {
    const [unit] = await start().more(1);
    const nals = splitAnnexB(unit?.data ?? new Uint8Array());
    const sps = nals.find((bytes) => ((bytes[0] ?? 0) & 0x1f) === 7) ?? new Uint8Array();
    // Nothing is left to rewrite.
    expect(lowDelaySps(sps)?.nal).toBe(sps);
    expect(lowDelaySps(sps)?.parameters.codec).toMatch(/^avc1\.42C0/);
  });

  test('answers a keyframe request', async () => {
    const video = start();
    await video.more(20);
    for (let i = 0; i < 3; i++) {
      const from = video.units.length;
      video.source.requestKeyframe();
      await until('a keyframe', () => video.units.slice(from).some(({ key }) => key), 2000);
      await video.more(30);
      const keys = video.units.slice(from).filter(({ key }) => key);
      expect(keys).toHaveLength(1);
      expect(keys[0]).toMatchObject({ dependency: 0, discontinuity: false });
    }
  });

  test('follows the bitrate without a keyframe', async () => {
    const video = start({ source: { type: 'test', pattern: 'snow', width: 640, height: 360 } });
    await video.more(60);
    const before = rateKbps(await video.more(60));
    video.source.setBitrate(1000);
    await video.more(30);
    const after = rateKbps(await video.more(60));
    expect(before).toBeGreaterThan(3000);
    expect(after).toBeLessThan(before / 2);
    expect(video.units.slice(1).some(({ key }) => key)).toBe(false);
  });

  test('follows the frame rate', async () => {
    const video = start();
    await video.more(30);
    video.source.setFrameRate(20);
    await until('frames 50 ms apart', () => median(captureGapsMs(video.units.slice(-10))) > 40);
    expect(median(captureGapsMs(await video.more(15)))).toBeCloseTo(50, 0);
    expect(noFaults(video.stream.faults)).toBe(true);
  });

  test('follows the scale, down and up again, each with one keyframe of the new size and no new child', async () => {
    const video = start();
    await video.more(30);
    const { pid } = video.source;
    const full = { width: 640, height: 360 };
    for (const [scale, width, height] of [
      [0.5, 320, 180],
      [0.33, 212, 118],
      [1, 640, 360],
    ] as const) {
      const from = video.units.length;
      video.source.setScale(scale, full);
      await until('pictures of the new size', () => video.stream.parameters?.width === width);
      await video.more(20);
      expect(video.stream.parameters).toMatchObject({ width, height });
      const units = video.units.slice(from);
      expect(units.filter(({ key }) => key)).toHaveLength(1);
      expect(units.some(({ discontinuity }) => discontinuity)).toBe(false);
      // An encoder that was started anew would be silent for 150 ms and more.
      expect(Math.max(...captureGapsMs(units))).toBeLessThan(140);
    }
    expect(video.source.pid).toBe(pid);
    expect(noFaults(video.stream.faults)).toBe(true);
  });

  test('keeps its scale over a restart', async () => {
    const video = start();
    await video.more(10);
    video.source.setScale(0.5, { width: 640, height: 360 });
    await until('the new size', () => video.stream.parameters?.width === 320);
    video.source.restart();
    await until('the second start', () => video.source.restarts === 1);
    const from = video.units.length;
    await video.more(10);
    expect(video.units[from]).toMatchObject({ key: true, discontinuity: true });
    expect(video.stream.parameters).toMatchObject({ width: 320, height: 180 });
  });

  test('pauses longer than silence may last, and resumes without a keyframe', async () => {
    const video = start({}, { silence: { runningMs: 600 } });
    await video.more(30);
    const { pid } = video.source;
    video.source.setPaused(true);
    await until('1.5 s of silence', () => {
      const last = video.units.at(-1)?.arrivalTime ?? 0n;
      return process.hrtime.bigint() - last > 1_500_000_000n;
    });
    video.source.setPaused(false);
    const units = await video.more(30);
    expect(units.some(({ key, discontinuity }) => key || discontinuity)).toBe(false);
    expect(video.source.pid).toBe(pid);
  });

  test('keeps its settings over a restart', async () => {
    const video = start();
    await video.more(10);
    video.source.setFrameRate(20);
    video.source.setPaused(true);
    video.source.restart();
    await until('the second start', () => video.source.restarts === 1);
    await until(
      'a second child that plays, paused',
      () => video.states.at(-1)?.type === 'running',
      5000,
    );
    const from = video.units.length;
    video.source.setPaused(false);
    const units = await video.more(15);
    expect(video.units[from]).toMatchObject({ key: true, discontinuity: true });
    expect(median(captureGapsMs(units))).toBeCloseTo(50, 0);
  });

  test('comes from every measured H.264 encoder that this machine has', async () => {
    const available = await probeEncoders();
    expect(available).toContain('x264enc');
    const isMeasured = (name: EncoderName): boolean => {
      const { codec, measured } = encoderByName(name);
      return codec === 'h264' && measured;
    };
    for (const encoder of available.filter(isMeasured)) {
      const video = start({ encoder }, { bitrateUnit: encoderByName(encoder).bitrateUnit });
      const units = await video.more(40);
      expect(units[0]?.key, encoder).toBe(true);
      video.source.setBitrate(1500);
      video.source.requestKeyframe();
      const from = video.units.length;
      await until(`a keyframe of ${encoder}`, () => video.units.slice(from).some(({ key }) => key));
      expect(noFaults(video.stream.faults), encoder).toBe(true);
      await video.source.close();
    }
  });
});
