import type { Page } from 'playwright-core';
import type { WitnessReport } from './input-witness.ts';
import type { Sample } from './measurement.ts';

/** Motions as the page saw them: CSS pixels, milliseconds of CLOCK_MONOTONIC. */
export interface SentMotions {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly atMs: readonly number[];
}

declare global {
  var labMotions: { x: number[]; y: number[]; atMs: number[] } | undefined;
}

/** Between two motions: 20 a second, as from a hand that is busy. */
const MOTION_MS = 50;

/** Places of the motions, CSS pixels in the picture: each differs from its neighbours by more than what rounding and scaling blur. */
const [LEFT, STEP, COLUMNS] = [160, 8, 110];
/** Rows of them, in the middle of the picture, where it is high enough for so many with this above and below. */
const [MOST_ROWS, MARGIN] = [30, 24];

/** Where the picture is on the page, CSS pixels, and how many desktop pixels one of them is. */
export interface PicturePlace {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly scale: number;
}

/** Moves the pointer over a page's picture, and notes when the page got each motion: the stamp of the browser's own event. */
export class PointerProbe {
  readonly #page: Page;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #isMoving = false;

  readonly place: PicturePlace;

  private constructor(page: Page, place: PicturePlace) {
    this.#page = page;
    this.place = place;
  }

  /** Begins at once; what is noted begins with `take`. */
  static async start(
    page: Page,
    desktop: { readonly width: number; readonly height: number },
  ): Promise<PointerProbe> {
    await page.evaluate(noteMotions);
    const canvas = await page.locator('canvas').first().boundingBox();
    if (canvas === null) throw new Error('canvas: expected one on the page');
    const scale = desktop.width / canvas.width;
    const height = desktop.height / scale;
    // What is left of the canvas above and below the picture is as high.
    const top = canvas.y + (canvas.height - height) / 2;
    const probe = new PointerProbe(page, { left: canvas.x, top, height, scale });
    probe.#timer = setInterval(() => probe.#move(), MOTION_MS);
    return probe;
  }

  /** Everything since the last call. */
  async take(): Promise<SentMotions> {
    const offsetMs = await monotonicOffsetMs(this.#page);
    const taken = await this.#page.evaluate(() => {
      const noted = globalThis.labMotions;
      globalThis.labMotions = { x: [], y: [], atMs: [] };
      return noted ?? { x: [], y: [], atMs: [] };
    });
    return { ...taken, atMs: taken.atMs.map((at) => at + offsetMs) };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #move(): void {
    // A page that is too busy for one motion gets no second one on top.
    if (this.#isMoving) return;
    const { left, top, height } = this.place;
    const rows = Math.min(MOST_ROWS, Math.floor((height - 2 * MARGIN) / STEP));
    const place = this.#count % (COLUMNS * rows);
    this.#count += 1;
    const x = left + LEFT + STEP * (place % COLUMNS);
    const y = top + height / 2 + STEP * (Math.floor(place / COLUMNS) - rows / 2);
    this.#isMoving = true;
    const done = (): void => {
      this.#isMoving = false;
    };
    // A page that is being closed takes no motion.
    this.#page.mouse.move(x, y).then(done, done);
  }
}

/** Runs in the page. Raw updates come first where there are any; `pointermove` carries the same motion again. */
function noteMotions(): void {
  const noted = { x: [] as number[], y: [] as number[], atMs: [] as number[] };
  globalThis.labMotions = noted;
  const note = (event: Event): void => {
    const { clientX, clientY, timeStamp } = event as PointerEvent;
    const motions = globalThis.labMotions ?? noted;
    if (motions.x.at(-1) === clientX && motions.y.at(-1) === clientY) return;
    motions.x.push(clientX);
    motions.y.push(clientY);
    motions.atMs.push(performance.timeOrigin + timeStamp);
  };
  for (const name of ['pointerrawupdate', 'pointermove']) {
    window.addEventListener(name, note, { capture: true, passive: true });
  }
}

/** CLOCK_MONOTONIC minus the page's time since 1970: the browser counts on the same clock and says where the page began. */
async function monotonicOffsetMs(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('Performance.enable');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const began = metrics.find(({ name }) => name === 'NavigationStart')?.value ?? Number.NaN;
    return began * 1_000 - (await page.evaluate(() => performance.timeOrigin));
  } finally {
    await devtools.detach();
  }
}

/** How far a motion may be from where it was sent, desktop pixels: half a step, after rounding twice. */
const TOLERANCE = 3;

/** What became of the motions that were sent. */
export interface InputRecord {
  /** `latencyMs`: from the browser's event until the desktop told its programs. */
  readonly motions: readonly Sample[];
  /** Sent and never seen on the desktop. */
  readonly missing: number;
}

/**
 * Finds each motion that was sent among those that the desktop saw, which have the same order.
 *
 * @param place of the picture on the page
 * @param beginMs of the measurement, CLOCK_MONOTONIC
 */
export function inputRecord(
  sent: SentMotions,
  seen: WitnessReport,
  { place, beginMs }: { readonly place: PicturePlace; readonly beginMs: number },
): InputRecord {
  const motions: Sample[] = [];
  const { left, top, scale } = place;
  let next = 0;
  for (const [index, sentAt] of sent.atMs.entries()) {
    const [x, y] = [((sent.x[index] ?? 0) - left) * scale, ((sent.y[index] ?? 0) - top) * scale];
    const found = seen.atMs.findIndex(
      (at, i) =>
        i >= next &&
        at >= sentAt &&
        Math.abs((seen.x[i] ?? 0) - x) <= TOLERANCE &&
        Math.abs((seen.y[i] ?? 0) - y) <= TOLERANCE,
    );
    if (found < 0) continue;
    next = found + 1;
    const latencyMs = (seen.atMs[found] ?? Number.NaN) - sentAt;
    motions.push({ atMs: sentAt - beginMs, latencyMs, bytes: 0 });
  }
  return { motions, missing: sent.atMs.length - motions.length };
}
