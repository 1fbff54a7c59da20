import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audioPipeline } from '../../../gst/audio-pipeline.ts';
import { videoPipeline } from '../../../gst/video-pipeline.ts';
import { captureGapsMs, median, RunningSource, until } from '../../support/gst/running-source.ts';
import { startXServer, type TestXServer } from '../../support/x-server.ts';

let running: RunningSource | undefined;

afterEach(async () => {
  await running?.source.close();
  running = undefined;
});

describe('an X display', () => {
  let server: TestXServer;

  beforeEach(async () => {
    server = await startXServer({ width: 640, height: 480 });
  });

  afterEach(() => server.close());

  // What a halted capture held is old, and its time may lie behind the next one's: VP8 and VP9 lose a picture by that.
  test('goes on with a new picture after each halt, with times that rise and none in the future', async () => {
    const video = (running = new RunningSource('vp9', {
      description: () =>
        videoPipeline({
          source: { type: 'x11', display: server.display },
          frameRate: 30,
          encoder: 'vp9enc',
          bitrateKbps: 2000,
        }),
      bitrateUnit: 'bps',
      bitrateProperty: 'target-bitrate',
      restAfterMs: 60,
    }));
    await video.more(5);
    for (let halt = 0; halt < 12; halt += 1) {
      video.source.setPaused(true);
      // Longer than a halt takes to begin, and another part of a frame's time with each one.
      const quietNs = BigInt(200_000_000 + halt * 2_777_777);
      await until('a halted capture', () => {
        const last = video.units.at(-1)?.arrivalTime ?? 0n;
        return process.hrtime.bigint() - last > quietNs;
      });
      const resumedAt = process.hrtime.bigint();
      const from = video.units.length;
      video.source.setPaused(false);
      await video.more(4);
      const [first] = video.units.slice(from);
      // Stamps are on the grid of the frame rate: up to a frame's time before the resumption.
      expect(Number((first?.captureTime ?? 0n) - resumedAt) / 1e6).toBeGreaterThan(-34);
    }
    expect(Math.min(...captureGapsMs(video.units))).toBeGreaterThan(1);
    const delays = video.units.map(
      ({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6,
    );
    expect(Math.min(...delays)).toBeGreaterThan(0);
  });

  test('comes at 60 frames per second although nothing moves, and comes back with its server', async () => {
    const video = (running = new RunningSource('h264', {
      description: () =>
        videoPipeline({
          source: { type: 'x11', display: server.display },
          frameRate: 60,
          encoder: 'x264enc',
          bitrateKbps: 4000,
        }),
    }));
    const units = await video.more(90);
    expect(units[0]).toMatchObject({ key: true, discontinuity: true });
    expect(video.stream.parameters).toMatchObject({ width: 640, height: 480 });
    expect(median(captureGapsMs(units))).toBeCloseTo(1000 / 60, 0);
    const delays = units.map(
      ({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6,
    );
    expect(Math.min(...delays)).toBeGreaterThan(0);
    expect(median(delays)).toBeLessThan(100);

    // The X server dying under ximagesrc aborts or errors the child: either way the source says why and tries again.
    const from = video.reasons.length;
    server.process.kill('SIGKILL');
    await until('the end of a child', () => video.reasons.length > from);
    server = await server.restart();
    await until('the picture', () => video.units.at(-1) !== units.at(-1), 8000);
    const [back] = await video.more(1);
    expect(back?.codec).toBe('h264');
    expect(Object.values(video.stream.faults).every((count) => count === 0)).toBe(true);
  });
});

describe('a PulseAudio monitor', () => {
  let directory: string;
  let server: ChildProcess;
  const socket = () => join(directory, 'native');

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'oriel-pulse-'));
    const modules = [
      `module-native-protocol-unix auth-anonymous=1 socket=${socket()}`,
      'module-null-sink sink_name=oriel rate=48000 channels=2 format=s16le',
      'module-always-sink',
    ];
    server = spawn(
      'pulseaudio',
      ['-n', '--exit-idle-time=-1', ...modules.flatMap((name) => ['-L', name])],
      {
        stdio: 'ignore',
        env: { ...process.env, XDG_RUNTIME_DIR: directory, PULSE_RUNTIME_PATH: directory },
      },
    );
    await until('the sound server', () => existsSync(socket()));
  });

  afterEach(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true });
  });

  test('comes as evenly timed packets, off the sound clock', async () => {
    const audio = (running = new RunningSource('opus', {
      description: () =>
        audioPipeline({
          source: { type: 'pulse', device: 'oriel.monitor', server: `unix:${socket()}` },
          frameMs: 10,
          bitrateBps: 128_000,
        }),
    }));
    await audio.more(100);
    const packets = await audio.more(200);
    const gaps = captureGapsMs(packets);
    expect(median(gaps)).toBeCloseTo(10, 1);
    // Not all of them: a busy machine starves the sound server, and a gap in the sound is a gap in its times.
    const even = gaps.filter((gap) => Math.abs(gap - 10) < 2);
    expect(even.length).toBeGreaterThan(0.9 * gaps.length);
    const delays = packets.map(
      ({ captureTime, arrivalTime }) => Number(arrivalTime - captureTime) / 1e6,
    );
    expect(median(delays)).toBeGreaterThan(-5);
    expect(median(delays)).toBeLessThan(100);
    expect(audio.reasons).toEqual([]);
  });
});
