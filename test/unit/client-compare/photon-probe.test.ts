import { describe, expect, it } from 'vitest';
import {
  PhotonTargetMissing,
  pressEvents,
  runPhotonProbe,
  type PhotonProbeOptions,
} from '../../../client/photon/photon-probe.ts';
import { photonCurves } from '../../../client/photon/photon-curves.ts';
import type { MarkSighting } from '../../../client/stats/measurement-messages.ts';
import type { InputEvent } from '../../../protocol/input.ts';

const PLACE = { x: 100, y: 80, block: 16 };

/** A desktop on a clock of its own: answers each press after 30 ms, of which the picture takes 20. */
class AnsweringDesktop {
  now = 1_000;
  isThere = true;
  presses = 7;
  /** Presses that it leaves unanswered, counted from 0. */
  readonly ignored = new Set<number>();
  readonly pauses: number[] = [];
  readonly sent: InputEvent[] = [];
  isWatched = false;
  #asked = -1;
  #tell: ((sighting: MarkSighting | undefined) => void) | undefined;
  readonly measurements = {
    watchMark: (listener: (sighting: MarkSighting | undefined) => void) => {
      this.isWatched = true;
      this.#tell = listener;
      if (this.isThere) queueMicrotask(() => this.#show());
    },
    unwatchMark: () => {
      this.isWatched = false;
    },
  };

  sendInput(events: readonly InputEvent[]): void {
    this.sent.push(...events);
    this.#asked += 1;
    if (this.ignored.has(this.#asked)) return;
    this.presses += 1;
    queueMicrotask(() => {
      this.now += 30;
      this.#show();
    });
  }

  #show(): void {
    this.#tell?.({
      presses: this.presses,
      place: PLACE,
      picture: { width: 1280, height: 720 },
      capturedAtMs: this.now - 20,
      shownAtMs: this.now,
    });
  }
}

function probe(desktop: AnsweringDesktop, options: Partial<PhotonProbeOptions> = {}) {
  let seed = 0;
  return runPhotonProbe({
    player: desktop,
    desktop: { width: 1280, height: 720 },
    kind: 'click',
    count: 5,
    random: () => (seed = (seed + 0.37) % 1),
    now: () => desktop.now,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) reject(signal.reason as Error);
        if (ms < 1_000) desktop.pauses.push(ms);
        desktop.now += ms < 1_000 ? ms : 0;
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        setTimeout(resolve, ms < 1_000 ? 0 : 5);
      }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...options,
  });
}

describe('click to photon', () => {
  it('is the time from a press to the frame that shows its answer', async () => {
    const desktop = new AnsweringDesktop();
    const { samples, missed } = await probe(desktop);
    expect(missed).toBe(0);
    expect(samples).toEqual(
      Array.from({ length: 5 }, () => ({ answerMs: 10, pictureMs: 20, totalMs: 30 })),
    );
    expect(desktop.isWatched).toBe(false);
  });

  it('pauses differently before each press', async () => {
    const desktop = new AnsweringDesktop();
    await probe(desktop);
    expect(new Set(desktop.pauses.map(Math.round)).size).toBe(desktop.pauses.length);
    for (const pause of desktop.pauses) expect(pause).toBeGreaterThanOrEqual(100);
  });

  it('counts a press without an answer and goes on', async () => {
    const desktop = new AnsweringDesktop();
    desktop.ignored.add(2);
    const { samples, missed } = await probe(desktop);
    expect([samples.length, missed]).toEqual([4, 1]);
  });

  it('says when there is no target', async () => {
    const desktop = new AnsweringDesktop();
    desktop.isThere = false;
    await expect(probe(desktop)).rejects.toThrow(PhotonTargetMissing);
    expect(desktop.sent).toEqual([]);
  });

  it('ends when the target stops to answer', async () => {
    const desktop = new AnsweringDesktop();
    for (const press of [2, 3, 4]) desktop.ignored.add(press);
    await expect(probe(desktop)).rejects.toThrow(PhotonTargetMissing);
  });

  it('ends when it is cancelled, and stops to watch', async () => {
    const desktop = new AnsweringDesktop();
    const cancel = new AbortController();
    const running = probe(desktop, {
      signal: cancel.signal,
      onProgress: () => cancel.abort(new Error('cancelled')),
    });
    await expect(running).rejects.toThrow('cancelled');
    expect(desktop.isWatched).toBe(false);
  });

  it('clicks in the middle of the mark, in pixels of the desktop', () => {
    const sighting = { place: { x: 50, y: 40, block: 8 }, picture: { width: 640, height: 360 } };
    const [move, down, up] = pressEvents('click', sighting, { width: 1280, height: 720 });
    expect(move).toEqual({ type: 'pointerAbsolute', x: (50 + 160) * 2, y: 80 });
    expect([down, up]).toMatchObject([{ pressed: true }, { pressed: false }]);
  });

  it('has a curve that ends at all presses', () => {
    const samples = [10, 20, 30].map((totalMs) => ({ answerMs: 1, pictureMs: 1, totalMs }));
    expect(photonCurves(samples).curves[0]?.values.at(-1)).toBe(100);
  });
});
