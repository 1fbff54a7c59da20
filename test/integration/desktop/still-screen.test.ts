import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompleteMessage } from '../../../protocol/fragment.ts';
import { Priority } from '../../../protocol/flow.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { childrenOf, processorSeconds } from '../../support/processes.ts';
import { waitUntil } from '../../support/wait.ts';
import { XPainter } from '../../support/x-painter.ts';

/** A screen counts as still after at most 2.6 s; more on a machine that does other things too. */
const TIMEOUT_MS = 20_000;

let desktop: DesktopGateway;
let painter: XPainter;

/** Pictures of one viewer, and when the last one came. */
class Pictures {
  readonly all: CompleteMessage[] = [];
  #heardAt = performance.now();

  readonly take = (message: CompleteMessage): void => {
    if (message.header.layer.priority !== Priority.videoBase) return;
    this.all.push(message);
    this.#heardAt = performance.now();
  };

  /** Waits until there is a picture and then none for 700 ms: longer than the gate is ever shut. */
  async rest(): Promise<void> {
    const from = this.all.length;
    await waitUntil(
      () => this.all.length > from && performance.now() - this.#heardAt > 700,
      TIMEOUT_MS,
    );
  }
}

beforeAll(async () => {
  desktop = await startDesktopGateway(['--no-audio']);
  painter = await XPainter.open(desktop.env);
});

afterAll(async () => {
  painter.close();
  await desktop.close();
});

describe('a screen that stands still', () => {
  it('is sent no further, and its next change comes without a keyframe', async () => {
    const pictures = new Pictures();
    const viewer = await HeadlessViewer.open(await desktop.gateway.link(), pictures.take);
    await pictures.rest();
    for (let turn = 0; turn < 3; turn += 1) {
      const before = pictures.all.length;
      await painter.fill(turn * 0x40_40_40, [[100, 100, 300, 200]]);
      await pictures.rest();
      const after = pictures.all.slice(before);
      expect(after.some(({ header }) => header.key || header.epoch)).toBe(false);
      // The change is in the first picture or, behind one that the halted source still held, in the second.
      const [first, second, ...rest] = after.map(({ payload }) => payload.length);
      expect(Math.max(first ?? 0, second ?? 0)).toBeGreaterThan(Math.max(...rest));
    }
    viewer.close();
  });

  it('is shown to somebody who comes while nothing moves', async () => {
    const first = new Pictures();
    const there = await HeadlessViewer.open(await desktop.gateway.link(), first.take);
    await first.rest();
    const second = new Pictures();
    const coming = await HeadlessViewer.open(await desktop.gateway.link(), second.take);
    await waitUntil(() => second.all.length > 0, TIMEOUT_MS);
    expect(second.all[0]?.header.key).toBe(true);
    await second.rest();
    there.close();
    coming.close();
  });

  it('has its capture times right after each rest, however long', async () => {
    const pictures = new Pictures();
    const viewer = await HeadlessViewer.open(await desktop.gateway.link(), pictures.take);
    await pictures.rest();
    const marks: { readonly paintedAt: number; readonly capturedAt: number }[] = [];
    for (const colour of [0x20_40_60, 0x60_40_20]) {
      const before = pictures.all.length;
      const paintedAt = performance.now();
      await painter.fill(colour, [[500, 300, 200, 200]]);
      await waitUntil(() => pictures.all.length > before, TIMEOUT_MS);
      const capturedAt = Number(pictures.all[before]?.header.captureTime) / 1000;
      marks.push({ paintedAt, capturedAt });
      await pictures.rest();
    }
    const [one, two] = marks;
    const painted = (two?.paintedAt ?? NaN) - (one?.paintedAt ?? NaN);
    const captured = (two?.capturedAt ?? NaN) - (one?.capturedAt ?? NaN);
    // Each capture follows its paint by some ms; time that went missing in a halt would be 700 ms and more.
    expect(Math.abs(captured - painted)).toBeLessThan(200);
    viewer.close();
  });

  it('costs the encoder next to nothing', async () => {
    const pictures = new Pictures();
    const viewer = await HeadlessViewer.open(await desktop.gateway.link(), pictures.take);
    await pictures.rest();
    const encoder = childrenOf(desktop.gateway.pid).find(({ commandLine }) =>
      commandLine.includes('gst/child.ts'),
    );
    const pid = encoder?.pid ?? 0;
    const [before, since] = [processorSeconds(pid), performance.now()];
    await waitUntil(() => performance.now() - since > 2_000, TIMEOUT_MS);
    // 60 captures a second and their encoding take 0.3 to 0.7 s of two; a halted pipeline one or two ticks of 10 ms.
    expect(processorSeconds(pid) - before).toBeLessThan(0.06);
    viewer.close();
  });
});

describe('a desktop that is silent', () => {
  it('sends no sound, and the next one whole', async () => {
    const noisy = await startDesktopGateway();
    const sounds: CompleteMessage[] = [];
    let heardAt = performance.now();
    const viewer = await HeadlessViewer.open(await noisy.gateway.link(), (message) => {
      if (message.header.layer.priority !== Priority.audio) return;
      sounds.push(message);
      heardAt = performance.now();
    });
    // It may rest before anybody listens.
    const rest = () => waitUntil(() => performance.now() - heardAt > 700, TIMEOUT_MS);
    await rest();
    const before = sounds.length;
    const tone = spawn('pacat', ['--raw', '--rate=48000', '--channels=2', '--format=s16le'], {
      env: { ...process.env, ...noisy.env },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    tone.stdin.end(halfASecondOfTone());
    await once(tone, 'exit');
    await rest();
    const after = sounds.slice(before).map(({ payload }) => payload.length);
    // 50 packets; on a loaded machine the sound server itself leaves some out, awake or not.
    expect(after.filter((bytes) => bytes > 3).length).toBeGreaterThan(35);
    viewer.close();
    await noisy.close();
  });
});

/** 1 kHz, stereo, 16 bit, 48 kHz. */
function halfASecondOfTone(): Buffer {
  const frames = 24_000;
  const pcm = Buffer.alloc(frames * 4);
  for (let at = 0; at < frames; at += 1) {
    const value = Math.round(8_000 * Math.sin((2 * Math.PI * 1_000 * (at + 0.5)) / 48_000));
    pcm.writeInt16LE(value, at * 4);
    pcm.writeInt16LE(value, at * 4 + 2);
  }
  return pcm;
}
