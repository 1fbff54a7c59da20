/** Click to photon: presses something on the desktop, and measures until the picture shows the answer. */
import type { InputEvent } from '../../protocol/input.ts';
import type { PhotonMarkPlace } from '../../protocol/photon-mark.ts';
import { PHOTON_MARK_BLOCKS } from '../../protocol/photon-mark.ts';
import type { MarkSighting } from '../stats/measurement-messages.ts';

/** What is pressed: the left button on the mark, or a key that types nothing. */
export type PhotonKind = 'click' | 'key';

/** One press that was answered; the first two add up to the third. */
export interface PhotonSample {
  /** Pressed to captured: the input's way, the program's answer and the wait for the next capture; NaN without a common clock. */
  readonly answerMs: number;
  /** Captured to shown. */
  readonly pictureMs: number;
  /** Pressed to shown. */
  readonly totalMs: number;
}

/** What was measured so far. */
export interface PhotonProgress {
  readonly samples: readonly PhotonSample[];
  /** Presses without an answer. */
  readonly missed: number;
}

/** What is to be pressed how often, and by which clock. */
export interface PhotonProbeOptions {
  readonly player: {
    sendInput(events: readonly InputEvent[]): void;
    readonly measurements: {
      watchMark(listener: (sighting: MarkSighting | undefined) => void): void;
      unwatchMark(): void;
    };
  };
  /** Size of the desktop in its own pixels. */
  readonly desktop: { readonly width: number; readonly height: number };
  readonly kind: PhotonKind;
  /** Presses to measure, 1 to 1000. */
  readonly count: number;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Local time in ms since 1970, of the clock that sightings carry. */
  readonly now: () => number;
  /** Resolves after so many ms; rejects with the signal's reason when that comes first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PhotonProgress) => void;
}

/** Nobody answers: the target's window is not on the picture, or not in front. */
export class PhotonTargetMissing extends Error {}

/** How long the mark is looked for, ms: the target changes its picture twice a second, and a search happens as often. */
const SEARCH_MS = 4_000;

/** An answer that takes longer is none, ms. */
const ANSWER_MS = 2_000;

/** So many misses in a row end a series. */
const MAX_MISSES = 3;

/**
 * Pause before a press, ms: least and spread. Random, and the spread many frames long, so that presses fall everywhere between two
 * captures; with a regular pause all of them would hit the same moment of the frame clock.
 */
const PAUSE = { leastMs: 120, spreadMs: 230 } as const;

/** Left Shift, which types nothing (KEY_LEFTSHIFT of Linux's input-event-codes.h, XK_Shift_L). */
const SHIFT = { code: 42, keysym: 0xffe1 } as const;

/**
 * Runs a series and resolves with it.
 *
 * @throws PhotonTargetMissing when no mark is found or it stops to answer, the signal's reason when aborted
 */
export async function runPhotonProbe(options: PhotonProbeOptions): Promise<PhotonProgress> {
  const eye = new Eye(options);
  try {
    const first = await eye.look(undefined, SEARCH_MS);
    if (first === undefined) throw new PhotonTargetMissing('no mark on the picture');
    // Not measured: it brings the pointer there and gives the window the keyboard.
    const warm = await press('click', first, { eye, options });
    if (warm === undefined) throw new PhotonTargetMissing('the window does not answer to a click');
    return await measureSeries(eye, options);
  } finally {
    options.player.measurements.unwatchMark();
  }
}

async function measureSeries(eye: Eye, options: PhotonProbeOptions): Promise<PhotonProgress> {
  const { kind, count, random, wait, signal, onProgress } = options;
  const samples: PhotonSample[] = [];
  let [missed, missedInARow] = [0, 0];
  while (samples.length + missed < count) {
    await wait(PAUSE.leastMs + random() * PAUSE.spreadMs, signal);
    const before = eye.newest;
    if (before === undefined) throw new PhotonTargetMissing('the mark is gone');
    const sample = await press(kind, before, { eye, options });
    if (sample === undefined) missed += 1;
    else samples.push(sample);
    missedInARow = sample === undefined ? missedInARow + 1 : 0;
    if (missedInARow >= MAX_MISSES) throw new PhotonTargetMissing('the window stopped to answer');
    onProgress({ samples: [...samples], missed });
  }
  return { samples, missed };
}

interface Scene {
  readonly eye: Eye;
  readonly options: PhotonProbeOptions;
}

/** Presses and waits for the answer; undefined when none came. */
async function press(
  kind: PhotonKind,
  before: MarkSighting,
  { eye, options }: Scene,
): Promise<PhotonSample | undefined> {
  const pressedAt = options.now();
  options.player.sendInput(pressEvents(kind, before, options.desktop));
  const answer = await eye.look(before.presses, ANSWER_MS);
  if (answer === undefined) return undefined;
  return {
    answerMs: answer.capturedAtMs - pressedAt,
    pictureMs: answer.shownAtMs - answer.capturedAtMs,
    totalMs: answer.shownAtMs - pressedAt,
  };
}

/** The events of one press and its release. */
export function pressEvents(
  kind: PhotonKind,
  { place, picture }: Pick<MarkSighting, 'place' | 'picture'>,
  desktop: { readonly width: number; readonly height: number },
): readonly InputEvent[] {
  if (kind === 'key') {
    return [true, false].map((pressed) => ({ type: 'key', ...SHIFT, pressed }));
  }
  const scale = desktop.width / picture.width;
  const x = Math.round(middleOf(place) * scale);
  const y = Math.round(place.y * scale);
  return [
    { type: 'pointerAbsolute', x, y },
    { type: 'button', button: 0, pressed: true },
    { type: 'button', button: 0, pressed: false },
  ];
}

const middleOf = ({ x, block }: PhotonMarkPlace): number => x + (PHOTON_MARK_BLOCKS / 2) * block;

/** Watches the mark, and lets one caller wait for it to change. */
class Eye {
  newest: MarkSighting | undefined;
  readonly #options: PhotonProbeOptions;
  #onSighting: ((sighting: MarkSighting) => void) | undefined;

  constructor(options: PhotonProbeOptions) {
    this.#options = options;
    options.player.measurements.watchMark((sighting) => {
      this.newest = sighting;
      if (sighting !== undefined) this.#onSighting?.(sighting);
    });
  }

  /** Waits for a mark with another number of presses than `presses`; undefined when none came in time. */
  async look(presses: number | undefined, timeoutMs: number): Promise<MarkSighting | undefined> {
    const { wait, signal } = this.#options;
    const timer = new AbortController();
    const sighting = new Promise<MarkSighting>((resolve) => {
      this.#onSighting = (each) => {
        if (each.presses !== presses) resolve(each);
      };
    });
    const tooLate = wait(timeoutMs, AbortSignal.any([signal, timer.signal])).then(() => undefined);
    try {
      return await Promise.race([sighting, tooLate]);
    } finally {
      this.#onSighting = undefined;
      timer.abort();
      tooLate.catch(() => undefined);
    }
  }
}
