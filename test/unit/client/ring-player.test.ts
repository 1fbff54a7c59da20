import { describe, expect, it } from 'vitest';
import { Recorder } from '../../../client/audio/recorder.ts';
import { RingPlayer } from '../../../client/audio/ring-player.ts';
import { ringBytes, SoundRing } from '../../../client/audio/ring.ts';
import { Volume } from '../../../client/audio/volume.ts';

const RATE = 48_000;
const BLOCK = 128;
const PACKET = 480;
const TARGET = 1920;
const CAP = 5760;

/** Amplitude of `frequency` in the samples, by Goertzel's algorithm. */
function amplitude(samples: Float32Array, frequency: number): number {
  const step = (2 * Math.PI * frequency) / RATE;
  const factor = 2 * Math.cos(step);
  let [last, before] = [0, 0];
  for (const sample of samples) [last, before] = [sample + factor * last - before, last];
  return (2 * Math.sqrt(last * last + before * before - factor * last * before)) / samples.length;
}

/** A tone of amplitude 0.5 whose sender's clock differs from ours by `drift`, in packets of 10 ms. */
class ToneSender {
  readonly #ring: SoundRing;
  readonly #drift: number;
  readonly #frequency: number;
  #sent = 0;

  constructor(ring: SoundRing, drift: number, frequency = 1000) {
    this.#ring = ring;
    this.#drift = drift;
    this.#frequency = frequency;
  }

  /** Sends every packet that is due after `frames` of our clock. */
  sendUntil(frames: number): void {
    while ((this.#sent + 1) * PACKET <= frames * (1 + this.#drift)) this.send();
  }

  send(): void {
    const samples = Float32Array.from({ length: PACKET }, (_, at) => {
      const frame = this.#sent * PACKET + at;
      return 0.5 * Math.sin((2 * Math.PI * this.#frequency * frame) / RATE);
    });
    this.#ring.write(samples, samples);
    this.#sent += 1;
  }
}

interface Played {
  readonly left: Float32Array;
  readonly state: SoundRing['state'];
}

function play(seconds: number, drift: number, disturb?: (atSecond: number) => boolean): Played {
  const ring = new SoundRing(new ArrayBuffer(ringBytes()));
  const player = new RingPlayer({ ring, target: TARGET, cap: CAP });
  const sender = new ToneSender(ring, drift);
  const left = new Float32Array(seconds * RATE);
  for (let at = 0; at + BLOCK <= left.length; at += BLOCK) {
    if (disturb?.(at / RATE) !== true) sender.sendUntil(at);
    player.process(left.subarray(at, at + BLOCK), new Float32Array(BLOCK));
  }
  return { left, state: ring.state };
}

/** Second difference of a 1 kHz tone of amplitude 0.5 stays below this; a cut does not. */
const SMOOTH = 0.5 * (2 * Math.PI * (1000 / RATE)) ** 2 * 1.2;

function glitches(samples: Float32Array): number {
  let count = 0;
  for (let at = 2; at < samples.length; at += 1) {
    const [a = 0, b = 0, c = 0] = samples.subarray(at - 2, at + 1);
    if (Math.abs(c - 2 * b + a) > SMOOTH) count += 1;
  }
  return count;
}

describe('ring player', () => {
  it.each([-0.002, 0, 0.002])(
    'plays a tone of a sender that drifts by %f without a glitch',
    (drift) => {
      const { left, state } = play(30, drift);
      const settled = left.subarray(RATE);
      expect(state).toMatchObject({ underruns: 0, overruns: 0 });
      expect(glitches(settled)).toBe(0);
      expect(Math.abs(state.fill - TARGET)).toBeLessThan(TARGET / 2);
      expect(state.ratePpm).toBeGreaterThan(drift * 1e6 - 500);
      expect(state.ratePpm).toBeLessThan(drift * 1e6 + 500);
      const pitch = 1000 * (1 + drift);
      expect(amplitude(settled.slice(-RATE / 10), pitch)).toBeGreaterThan(0.49);
    },
  );

  it('never changes the speed by more than half a percent', () => {
    const { state } = play(20, 0.02);
    expect(state.ratePpm).toBeLessThanOrEqual(5000);
    expect(state.ratePpm).toBeGreaterThan(4500);
  });

  it('is silent until the target is reached, and begins softly', () => {
    const { left } = play(1, 0);
    const start = left.findIndex((sample) => sample !== 0);
    expect(start).toBeGreaterThanOrEqual(TARGET);
    expect(start).toBeLessThan(TARGET + 2 * PACKET);
    expect(glitches(left)).toBe(0);
  });

  it('counts an underrun once, fades out, and goes on when sound comes back', () => {
    const { left, state } = play(4, 0, (second) => second > 2 && second < 2.5);
    expect(state.underruns).toBe(1);
    const pause = left.subarray(2.2 * RATE, 2.4 * RATE);
    expect(Math.max(...pause)).toBeLessThan(0.001);
    expect(amplitude(left.slice(-4800), 1000)).toBeGreaterThan(0.49);
  });

  it('takes a stream that ends in silence as a pause: no underrun, no more delay, and the next sound is whole', () => {
    const ring = new SoundRing(new ArrayBuffer(ringBytes()));
    const player = new RingPlayer({ ring, target: TARGET, cap: CAP });
    const played: number[] = [];
    const block = () => {
      const left = new Float32Array(BLOCK);
      player.process(left, new Float32Array(BLOCK));
      played.push(...left);
    };
    const silence = new Float32Array(PACKET);
    // A ramp that starts from nothing, whose every sample tells its place.
    const ramp = Float32Array.from({ length: PACKET * 8 }, (_, at) => 0.1 + at / 10_000);
    for (let turn = 0; turn < 30; turn += 1) {
      ring.write(silence, silence);
      for (let at = 0; at < PACKET; at += BLOCK) block();
    }
    for (let turn = 0; turn < 100; turn += 1) block();
    expect(ring.state.underruns).toBe(0);
    expect(ring.state.target).toBe(TARGET);
    played.length = 0;
    for (let at = 0; at < ramp.length; at += PACKET) {
      const packet = ramp.subarray(at, at + PACKET);
      ring.write(packet, packet);
      for (let frame = 0; frame + BLOCK <= PACKET; frame += BLOCK) block();
    }
    const heard = played.filter((sample) => sample !== 0);
    // The fade in takes 128 samples of the first; the first that is heard is the first that was sent.
    expect(heard[0]).toBeLessThan((0.1 * 3) / 128);
    expect(heard[200]).toBeCloseTo(ramp[200] ?? NaN, 2);
  });

  it('holds more after an underrun', () => {
    const { state } = play(4, 0, (second) => second > 2 && second < 2.5);
    expect(state.target).toBeGreaterThan(TARGET * 1.2);
  });

  it('drops to the target when too much is there', () => {
    const ring = new SoundRing(new ArrayBuffer(ringBytes()));
    const player = new RingPlayer({ ring, target: TARGET, cap: CAP });
    const sender = new ToneSender(ring, 0);
    const block = new Float32Array(BLOCK);
    for (let packet = 0; packet < 5; packet += 1) sender.send();
    player.process(block, block.slice());
    for (let packet = 0; packet < 20; packet += 1) sender.send();
    player.process(block, block.slice());
    expect(ring.state).toMatchObject({ overruns: 1, fill: TARGET });
    player.process(block, block.slice());
    expect(ring.state.overruns).toBe(1);
  });

  it('finds its way when the indices wrap', () => {
    const ring = new SoundRing(new ArrayBuffer(ringBytes(1024)));
    const player = new RingPlayer({ ring, target: 256, cap: 700 });
    const block = new Float32Array(BLOCK);
    const ones = new Float32Array(BLOCK).fill(1);
    for (let round = 0; round < 100; round += 1) {
      ring.write(ones, ones);
      player.process(block, block.slice());
    }
    expect(ring.state.underruns).toBe(0);
    expect([...block].every((sample) => sample === 1)).toBe(true);
  });
});

/** A steady tone through changes of the player's settings, each at its second. */
function playChanging(
  seconds: number,
  changes: readonly {
    readonly second: number;
    readonly target: number;
    readonly cap: number;
  }[],
): Played & { readonly fills: number[]; readonly silent: number } {
  const ring = new SoundRing(new ArrayBuffer(ringBytes()));
  const player = new RingPlayer({ ring, target: TARGET, cap: CAP });
  const sender = new ToneSender(ring, 0);
  const left = new Float32Array(seconds * RATE);
  const fills: number[] = [];
  let next = 0;
  for (let at = 0; at + BLOCK <= left.length; at += BLOCK) {
    const change = changes[next];
    if (change !== undefined && at / RATE >= change.second) {
      player.configure(change);
      next += 1;
    }
    sender.sendUntil(at);
    player.process(left.subarray(at, at + BLOCK), new Float32Array(BLOCK));
    fills.push(ring.state.fill);
  }
  const after = left.subarray(RATE);
  const silent = after.filter((sample, at) => sample === 0 && after[at + 1] === 0).length;
  return { left, state: ring.state, fills, silent };
}

describe('a live change of the buffer', () => {
  it('that is small is bent to, without a gap', () => {
    const target = TARGET + 480;
    const { left, state, silent } = playChanging(20, [{ second: 5, target, cap: CAP }]);
    expect(state).toMatchObject({ underruns: 0, overruns: 0 });
    expect(silent).toBe(0);
    expect(glitches(left.subarray(RATE))).toBe(0);
    expect(Math.abs(state.fill - target)).toBeLessThan(PACKET);
  });

  it('that is a large rise makes one pause of its own length, faded out and in', () => {
    const target = 9_600;
    const { left, state, silent, fills } = playChanging(12, [{ second: 5, target, cap: 19_200 }]);
    expect(state).toMatchObject({ underruns: 0, overruns: 0 });
    expect(silent).toBeGreaterThan(target - TARGET - 2 * PACKET);
    expect(silent).toBeLessThan(target - TARGET + 2 * PACKET);
    const settled = fills.slice(Math.round((6 * RATE) / BLOCK));
    expect(Math.min(...settled)).toBeGreaterThan(target - 2 * PACKET);
    expect(Math.max(...settled)).toBeLessThan(target + 2 * PACKET);
    expect(glitches(left.subarray(7 * RATE))).toBe(0);
  });

  it('that is a large fall skips at once, within one block', () => {
    const changes = [
      { second: 2, target: 9_600, cap: 19_200 },
      { second: 6, target: 960, cap: 2_880 },
    ];
    const { left, state, fills } = playChanging(10, changes);
    expect(state).toMatchObject({ underruns: 0, overruns: 0 });
    const settled = fills.slice(Math.round((6.01 * RATE) / BLOCK));
    expect(Math.max(...settled)).toBeLessThan(960 + 2 * PACKET);
    const after = left.subarray(6.1 * RATE);
    expect(glitches(after)).toBe(0);
    expect(amplitude(after.slice(-4800), 1000)).toBeGreaterThan(0.49);
  });

  it('to what is there already changes nothing', () => {
    const again = [1, 2, 3].map((second) => ({ second, target: TARGET, cap: CAP }));
    const changed = playChanging(4, again);
    expect(changed.left).toEqual(playChanging(4, []).left);
  });
});

describe('volume', () => {
  it('glides to silence and back without a click', () => {
    const volume = new Volume(1);
    const blocks = Array.from({ length: 100 }, (_, at) => {
      if (at === 30) volume.set(0);
      if (at === 60) volume.set(0.5);
      const block = new Float32Array(BLOCK).fill(1);
      volume.apply(block, block);
      return block;
    });
    const samples = blocks.flatMap((block) => [...block]);
    const steps = samples.slice(1).map((sample, at) => Math.abs(sample - (samples[at] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(1 / 400);
    expect(blocks[29]?.[0]).toBe(1);
    expect(Math.max(...(blocks[40] ?? []))).toBeCloseTo(0, 6);
    expect(blocks[99]?.[0]).toBeCloseTo(0.5, 6);
  });
});

describe('ring', () => {
  it('tells when each frame was captured and at which frame of the output it is heard', () => {
    const ring = new SoundRing(new ArrayBuffer(ringBytes()));
    const packet = new Float32Array(PACKET);
    expect(ring.moment(0)).toBeUndefined();
    ring.write(packet, packet, 7_000_000);
    ring.write(packet, packet);
    ring.publishLead(-1_000);
    expect(ring.moment(0)).toEqual({ outputFrame: 1_000, captureTime: 7_000_000 });
    expect(ring.moment(PACKET)).toEqual({ outputFrame: 1_480, captureTime: 7_010_000 });
    // Captured later than it would have been without a gap.
    ring.write(packet, packet, 7_050_000);
    expect(ring.moment(2 * PACKET)?.captureTime).toBe(7_050_000);
    ring.publishLead(undefined);
    expect(ring.moment(0)).toBeUndefined();
  });

  it('refuses a size that is no power of two', () => {
    expect(() => new SoundRing(new ArrayBuffer(ringBytes(1000)))).toThrow(RangeError);
  });
});

describe('recorder', () => {
  it('keeps the last frames in order', () => {
    const recorder = new Recorder(5);
    recorder.push(Float32Array.of(1, 2, 3));
    expect([...recorder.take()]).toEqual([1, 2, 3]);
    recorder.push(Float32Array.of(4, 5, 6, 7));
    expect([...recorder.take()]).toEqual([3, 4, 5, 6, 7]);
  });
});
