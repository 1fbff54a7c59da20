import { describe, expect, test, vi } from 'vitest';
import type { VideoCodec } from '../../../gst/video-codec.ts';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { FanOut } from '../../../server/ingest/fan-out.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import type { MediaSource } from '../../../server/media/media-source.ts';
import { SwitchingVideo } from '../../../server/media/switching-video.ts';
import { silentLogger } from '../../support/silent-logger.ts';

/** An encoder that makes what the test tells it to, and keeps what it was told. */
class ScriptedSource implements MediaSource {
  readonly parameters = undefined;
  readonly isRunning = true;
  readonly faults = { ...createFaultCounters(), lostPackets: 1 };
  readonly restarts = 1;
  readonly told: string[] = [];
  readonly name: VideoCodec;
  readonly #fanOut = new FanOut();

  constructor(name: VideoCodec) {
    this.name = name;
  }

  subscribe: MediaSource['subscribe'] = (sink) => this.#fanOut.subscribe(sink);
  requestKeyframe = () => void this.told.push('keyframe');
  setPaused = (paused: boolean) => void this.told.push(`paused ${paused}`);
  setBitrate = (kbps: number) => void this.told.push(`bitrate ${kbps}`);
  setFrameRate = (fps: number) => void this.told.push(`frameRate ${fps}`);
  setScale = (scale: number) => void this.told.push(`scale ${scale}`);
  abandon = () => void this.told.push('abandon');
  retry = () => void this.told.push('retry');
  close = () => {
    this.told.push('close');
    return Promise.resolve();
  };

  makes(key: boolean): void {
    this.#fanOut.deliver({ kind: 'video', codec: 'h264', key, durationUs: 0 } as AccessUnit);
  }
}

function setUp() {
  const started: ScriptedSource[] = [];
  const video = new SwitchingVideo({
    codecs: ['h264', 'vp8', 'vp9'],
    start: (name) => {
      const source = new ScriptedSource(name);
      started.push(source);
      return { name, encoder: `${name}enc`, source };
    },
    logger: silentLogger,
    patienceMs: 1000,
  });
  const keys: boolean[] = [];
  video.subscribe({ accessUnit: ({ key }) => keys.push(key) });
  const at = (index: number): ScriptedSource => {
    const source = started[index];
    if (source === undefined) throw new Error(`encoder ${index} was not started`);
    return source;
  };
  return { video, started, keys, at };
}

describe('a codec that changes', () => {
  test('the old encoder goes on until the first keyframe of the new one', () => {
    const { video, keys, at } = setUp();
    at(0).makes(true);
    video.setCodec('vp8');
    at(0).makes(false);
    at(1).makes(false);
    expect(keys).toEqual([true, false]);
    expect(video.running.name).toBe('h264');
    at(1).makes(true);
    expect(keys).toEqual([true, false, true]);
    expect(video.running).toEqual({ name: 'vp8', encoder: 'vp8enc' });
    expect(at(0).told).toEqual(['close']);
    at(0).makes(false);
    expect(keys).toHaveLength(3);
  });

  test('what was set holds for the new encoder, and what is set meanwhile for both', () => {
    const { video, at } = setUp();
    video.setBitrate(1000);
    video.setBitrate(2000);
    video.setFrameRate(30);
    video.setCodec('vp9');
    expect(at(1).told).toEqual(['bitrate 2000', 'frameRate 30']);
    video.setBitrate(3000);
    expect(at(0).told.at(-1)).toBe('bitrate 3000');
    expect(at(1).told.at(-1)).toBe('bitrate 3000');
  });

  test('a pause of the old encoder keeps the new one from nothing, and holds for it afterwards', () => {
    const { video, at } = setUp();
    video.setPaused(true);
    video.setCodec('vp9');
    video.setPaused(true);
    expect(at(1).told).toEqual([]);
    at(1).makes(true);
    expect(at(1).told).toEqual(['paused true']);
  });

  test('the newest wish counts, and the old codec may be wished for again', () => {
    const { video, started, at } = setUp();
    video.setCodec('vp8');
    video.setCodec('vp9');
    expect(at(1).told).toEqual(['close']);
    video.setCodec('auto');
    expect(at(2).told).toEqual(['close']);
    video.setCodec('h264');
    video.setCodec('av1');
    expect(started).toHaveLength(3);
    expect(at(0).told).toEqual([]);
  });

  test('an encoder without a keyframe is given up', () => {
    vi.useFakeTimers();
    const { video, keys, at } = setUp();
    video.setCodec('vp8');
    vi.advanceTimersByTime(1001);
    expect(at(1).told).toEqual(['close']);
    at(1).makes(true);
    at(0).makes(false);
    expect(keys).toEqual([false]);
    expect(video.running.name).toBe('h264');
    vi.useRealTimers();
  });

  test('faults and restarts of all encoders count, and closing ends both', async () => {
    const { video, at } = setUp();
    video.setCodec('vp8');
    at(1).makes(true);
    expect(video.faults.lostPackets).toBe(2);
    expect(video.restarts).toBe(2);
    video.setCodec('vp9');
    await video.close();
    expect(at(1).told).toEqual(['close']);
    expect(at(2).told).toEqual(['close']);
    video.setCodec('h264');
    expect(video.running.name).toBe('vp8');
  });
});
