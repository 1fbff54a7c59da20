import { beforeEach, describe, expect, it } from 'vitest';
import { micros, type Micros } from '../../../protocol/time.ts';
import { EncoderSteering } from '../../../server/session/encoder-steering.ts';

const ms = (value: number): Micros => micros(value * 1000);
const size = { width: 1280, height: 720 };

let commands: (readonly [string, number | boolean | string])[];
let steering: EncoderSteering;

beforeEach(() => {
  commands = [];
  steering = new EncoderSteering({
    encoder: {
      setBitrate: (kbps) => commands.push(['bitrate', kbps]),
      setFrameRate: (fps) => commands.push(['frameRate', fps]),
      setScale: (scale, { width }) => commands.push(['scale', scale * width]),
      setCodec: (name) => commands.push(['codec', name]),
      setQuality: (quality) => commands.push(['quality', quality]),
      setPaused: (paused) => commands.push(['paused', paused]),
    },
    bitrateBps: 8e6,
    frameRate: 50,
  });
});

/** Lets time pass in ticks of 50 ms under one target. */
const follow = (targetBps: number, fromMs: number, toMs: number): void => {
  for (let at = fromMs; at < toMs; at += 50) {
    steering.follow({ targetBps, videoDelay: ms(0) }, size, ms(at));
  }
};

describe('bit rate and frame rate', () => {
  it('sets nothing while the target is what the encoder was started with', () => {
    follow(8e6, 0, 5_000);
    steering.follow(undefined, size, ms(5_000));
    expect(commands).toEqual([]);
  });

  it('follows a decrease at once', () => {
    steering.follow({ targetBps: 5e6, videoDelay: ms(0) }, size, ms(0));
    expect(commands).toEqual([['bitrate', 5_000]]);
  });

  it('halves the frame rate when a pixel gets too little for a second, and not for a dip', () => {
    follow(1e6, 0, 900);
    follow(4e6, 900, 2_000);
    expect(commands.filter(([what]) => what === 'frameRate')).toEqual([]);
    follow(1e6, 2_000, 3_100);
    expect(commands.at(-1)).toEqual(['frameRate', 25]);
  });

  it('goes back up only with a third more than it takes, for two seconds', () => {
    follow(1e6, 0, 1_100);
    // 50 frames of 720p need 1.84 Mbit/s.
    follow(2.2e6, 1_100, 20_000);
    expect(commands.filter(([what]) => what === 'frameRate')).toEqual([['frameRate', 25]]);
    follow(2.5e6, 20_000, 22_100);
    expect(commands.at(-1)).toEqual(['frameRate', 50]);
  });

  it('changes the frame rate at most every two seconds', () => {
    const changes: number[] = [];
    for (let at = 0; at < 60_000; at += 50) {
      const before = commands.filter(([what]) => what === 'frameRate').length;
      const targetBps = at % 2_400 < 1_200 ? 1e6 : 4e6;
      steering.follow({ targetBps, videoDelay: ms(0) }, size, ms(at));
      if (commands.filter(([what]) => what === 'frameRate').length > before) changes.push(at);
    }
    for (const [index, at] of changes.entries()) {
      expect(at - (changes[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(2_000);
    }
    expect(changes.length).toBeGreaterThan(0);
  });
});

describe('a keyframe for a narrow link', () => {
  it('is made at a rate that makes it small, and the rate comes back with it', () => {
    steering.squeezeKeyframe(12_500, ms(0));
    expect(commands).toEqual([['bitrate', 2_000]]);
    steering.rateMade(12_500, true);
    expect(commands.at(-1)).toEqual(['bitrate', 8_000]);
    steering.rateMade(50_000, true);
    expect(commands).toHaveLength(2);
  });

  it('is as the encoder makes it where the link takes that', () => {
    steering.squeezeKeyframe(60_000, ms(0));
    steering.squeezeKeyframe(Infinity, ms(0));
    expect(commands).toEqual([]);
  });

  it('knows how large they get at a rate', () => {
    for (let made = 0; made < 10; made += 1) steering.rateMade(100_000, true);
    steering.squeezeKeyframe(25_000, ms(0));
    expect(commands).toHaveLength(1);
    expect(commands[0]?.[1]).toBeCloseTo(2_000, -1);
  });

  it('is never smaller than 10 KB', () => {
    steering.squeezeKeyframe(100, ms(0));
    expect(commands).toEqual([['bitrate', 1_600]]);
  });

  it('that an encoder cannot make so small does not bring its rate down to nothing', () => {
    for (let made = 0; made < 20; made += 1) {
      steering.squeezeKeyframe(12_500, ms(0));
      steering.rateMade(60_000, true);
    }
    const rates = commands.map(([, kbps]) => Number(kbps));
    expect(Math.min(...rates)).toBe(500);
  });

  it('that does not come leaves the encoder at the lower rate for 0.4 s, and what the link asks for holds after it', () => {
    steering.squeezeKeyframe(12_500, ms(0));
    follow(6e6, 50, 450);
    expect(commands).toEqual([['bitrate', 2_000]]);
    follow(6e6, 450, 550);
    expect(commands).toEqual([
      ['bitrate', 2_000],
      ['bitrate', 6_000],
    ]);
  });
});

describe('the scale', () => {
  it('shrinks the picture after the frame rate has gone down as far as it goes, and comes back', () => {
    follow(0.3e6, 0, 10_000);
    expect(commands.filter(([what]) => what !== 'bitrate')).toEqual([
      ['frameRate', 25],
      ['scale', 640],
    ]);
    commands = [];
    follow(8e6, 10_000, 20_000);
    expect(commands.filter(([what]) => what !== 'bitrate')).toEqual([
      ['frameRate', 50],
      ['scale', 1280],
    ]);
  });

  it('is what the user wants, whatever the link carries', () => {
    steering.setScale(0.5);
    follow(8e6, 0, 1_000);
    expect(commands).toEqual([['scale', 640]]);
    follow(0.1e6, 1_000, 20_000);
    expect(commands.filter(([what]) => what === 'scale')).toEqual([['scale', 640]]);
    steering.setScale(1);
    follow(0.1e6, 20_000, 30_000);
    expect(commands.at(-1)).toEqual(['scale', 1280]);
  });

  it('follows the size of the screen', () => {
    steering.setScale(0.5);
    steering.follow(undefined, size, ms(0));
    steering.follow(undefined, { width: 800, height: 600 }, ms(50));
    expect(commands).toEqual([
      ['scale', 640],
      ['scale', 400],
    ]);
  });
});

describe('the gate', () => {
  it('shuts when the queue will need more than 25 ms at the next picture, and opens below', () => {
    // The next picture comes 20 ms after the one before.
    steering.pictureQueued(ms(0), ms(38), ms(8));
    expect(commands).toEqual([['paused', true]]);
    steering.queueMoved(ms(26), ms(20));
    expect(commands).toHaveLength(1);
    steering.queueMoved(ms(25), ms(21));
    expect(commands).toEqual([
      ['paused', true],
      ['paused', false],
    ]);
  });

  it('stays open when the queue is long but over in time', () => {
    steering.pictureQueued(ms(0), ms(36), ms(8));
    expect(commands).toEqual([]);
  });

  it('lets a picture through every 500 ms of a link that takes nothing', () => {
    steering.pictureQueued(ms(0), ms(400), ms(8));
    for (let at = 50; at < 500; at += 50) {
      steering.follow({ targetBps: 8e6, videoDelay: ms(400) }, size, ms(at));
    }
    expect(commands).toEqual([['paused', true]]);
    steering.follow({ targetBps: 8e6, videoDelay: ms(400) }, size, ms(510));
    expect(commands.at(-1)).toEqual(['paused', false]);
    expect(steering.shutTimes).toBe(1);
  });

  it('shuts between two pictures, too, when the path is found to be slower, and less is asked for at once', () => {
    steering.pictureQueued(ms(0), ms(5), ms(8));
    steering.linkMoved({ targetBps: 4e6, videoDelay: ms(80) }, ms(12));
    expect(commands).toEqual([
      ['bitrate', 4000],
      ['paused', true],
    ]);
    steering.linkMoved({ targetBps: 8e6, videoDelay: ms(20) }, ms(60));
    expect(commands.slice(2)).toEqual([['paused', false]]);
  });

  it('lets a picture through every 500 ms, whatever the path says meanwhile', () => {
    steering.pictureQueued(ms(0), ms(400), ms(8));
    for (let at = 20; at < 540; at += 20)
      steering.linkMoved({ targetBps: 8e6, videoDelay: ms(400) }, ms(at));
    expect(commands).toEqual([
      ['paused', true],
      ['paused', false],
    ]);
  });

  it('and an empty room shut the same valve: it opens when neither is left', () => {
    steering.setWatched(false);
    steering.setWatched(true);
    steering.pictureQueued(ms(0), ms(100), ms(8));
    steering.setWatched(false);
    steering.queueMoved(ms(0), ms(30));
    expect(commands.at(-1)).toEqual(['paused', true]);
    steering.setWatched(true);
    expect(commands).toEqual([
      ['paused', true],
      ['paused', false],
      ['paused', true],
      ['paused', false],
    ]);
  });

  it('shuts while the screen stands still, and opens at once with the first change', () => {
    const rest = (fromMs: number): void => {
      for (let at = fromMs; at < fromMs + 200; at += 20) {
        steering.pictureMade(ms(at + 1), 400, size);
        steering.follow({ targetBps: 8e6, videoDelay: ms(0) }, size, ms(at));
      }
    };
    rest(0);
    expect(commands).toEqual([]);
    steering.screenChanged(ms(200));
    rest(200);
    expect(commands).toEqual([['paused', true]]);
    steering.screenChanged(ms(400));
    expect(commands.at(-1)).toEqual(['paused', false]);
    rest(400);
    steering.pictureWanted(ms(600));
    expect(commands.at(-1)).toEqual(['paused', false]);
    rest(600);
    expect(commands.at(-1)).toEqual(['paused', true]);
    steering.screenUnwatched(ms(800));
    rest(800);
    expect(commands.at(-1)).toEqual(['paused', false]);
  });

  it('opens when its driver has left', () => {
    steering.pictureQueued(ms(0), ms(100), ms(8));
    steering.follow(undefined, size, ms(50));
    expect(commands.at(-1)).toEqual(['paused', false]);
  });
});
