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

/** The desktop that the gateway starts unless told otherwise, pixels. */
const DESKTOP_WIDTH = 1_280;

/** Places of the motions, CSS pixels: each differs from its neighbours by more than what rounding and scaling blur. */
const [LEFT, TOP, STEP, COLUMNS, ROWS] = [160, 300, 8, 110, 30];

/** Moves the pointer over a page's picture, and notes when the page got each motion: the stamp of the browser's own event. */
export class PointerProbe {
  readonly #page: Page;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #isMoving = false;

  /** Desktop pixels of a CSS pixel. */
  readonly scale: number;

  private constructor(page: Page, scale: number) {
    this.#page = page;
    this.scale = scale;
  }

  /** Begins at once; what is noted begins with `take`. */
  static async start(page: Page): Promise<PointerProbe> {
    await page.evaluate(noteMotions);
    const canvas = await page.locator('canvas').first().boundingBox();
    const probe = new PointerProbe(page, DESKTOP_WIDTH / (canvas?.width ?? Number.NaN));
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
    const place = this.#count % (COLUMNS * ROWS);
    this.#count += 1;
    const [x, y] = [LEFT + STEP * (place % COLUMNS), TOP + STEP * Math.floor(place / COLUMNS)];
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
 * @param scale desktop pixels of a CSS pixel
 * @param beginMs of the measurement, CLOCK_MONOTONIC
 */
export function inputRecord(
  sent: SentMotions,
  seen: WitnessReport,
  { scale, beginMs }: Readonly<Record<'scale' | 'beginMs', number>>,
): InputRecord {
  const motions: Sample[] = [];
  let next = 0;
  for (const [index, sentAt] of sent.atMs.entries()) {
    const [x, y] = [(sent.x[index] ?? 0) * scale, (sent.y[index] ?? 0) * scale];
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
