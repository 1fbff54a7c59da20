import { stagesOf, type FrameMoments } from './latency-breakdown.ts';
import { stageNames, type StageName } from './stage-labels.ts';
import type { FrameCounters, FrameRun, PictureKind, ShownPicture } from './measurement-messages.ts';

/** Frames that a run records: 60 s, the longest run, at 144 frames a second. */
const MAX_FRAMES = 60 * 144;

/** Changes of the picture that a run records: settings change a few times in a minute. */
const MAX_PICTURES = 100;

/** A pause of the picture that people notice, ms. */
export const FREEZE_MS = 100;

/** A frame this much later behind its capture than the one before was held up, ms: three periods at 60 frames a second. */
const HELD_UP_MS = 50;

/** A frame that was shown. */
export interface ShownFrame {
  /** Number of its message; grows, and begins anew with a connection. */
  readonly sequence: number;
  /** Undefined while the clocks were not yet compared. */
  readonly moments: FrameMoments | undefined;
  /** Local time, µs. */
  readonly shownAt: number;
  readonly picture: PictureKind;
}

/** What is not yet known when a frame is shown: read from its pixels later. */
export interface PaintedAge {
  /** Painted to shown, ms. */
  readonly glassMs: number;
}

interface Before {
  readonly sequence: number;
  readonly shownAt: number;
  readonly capturedAt: number | undefined;
}

/**
 * Records every frame that is shown between `begin` and `end`. A pure core with a bound; all times in µs.
 *
 * A desktop that stands still sends no frames, and its pause is no freeze. A pause of more than 100 ms counts as one when frames were
 * lost in it (their numbers are missing), or when the frame that ended it was held up on its way.
 */
export class RunRecorder {
  readonly #startedAt: number;
  readonly #countersBefore: FrameCounters;
  readonly #shownAtMs: number[] = [];
  readonly #latencyMs: number[] = [];
  readonly #glassMs: number[] = [];
  readonly #stagesMs: Record<StageName, number[]> = {
    capture: [],
    encode: [],
    queue: [],
    network: [],
    reassembly: [],
    decode: [],
    present: [],
  };
  readonly #pictures: ShownPicture[] = [];
  readonly #freezesMs: number[] = [];
  #unrecorded = 0;
  #before: Before | undefined;

  constructor(now: number, counters: FrameCounters) {
    this.#startedAt = now;
    this.#countersBefore = counters;
  }

  /** Takes a frame and returns its index for `painted`; undefined when it was not recorded. */
  add(frame: ShownFrame): number | undefined {
    this.#notePause(frame);
    this.#notePicture(frame);
    if (this.#shownAtMs.length >= MAX_FRAMES) {
      this.#unrecorded += 1;
      return undefined;
    }
    this.#shownAtMs.push(frame.shownAt / 1000);
    this.#glassMs.push(Number.NaN);
    const stages = frame.moments && stagesOf(frame.moments);
    const total = stages === undefined ? Number.NaN : stages.total - (stages.capture ?? 0);
    this.#latencyMs.push(total / 1000);
    for (const name of stageNames) {
      this.#stagesMs[name].push((stages?.[name] ?? Number.NaN) / 1000);
    }
    return this.#shownAtMs.length - 1;
  }

  /** Tells what the test pattern of a frame said. */
  painted(index: number, { glassMs }: PaintedAge): void {
    if (index < this.#glassMs.length) this.#glassMs[index] = glassMs;
  }

  end(now: number, counters: FrameCounters): FrameRun {
    return {
      startedAtMs: this.#startedAt / 1000,
      endedAtMs: now / 1000,
      shownAtMs: this.#shownAtMs,
      latencyMs: this.#latencyMs,
      glassMs: this.#glassMs,
      stagesMs: this.#stagesMs,
      pictures: this.#pictures,
      freezesMs: this.#freezesMs,
      unrecorded: this.#unrecorded,
      counters: {
        superseded: counters.superseded - this.#countersBefore.superseded,
        late: counters.late - this.#countersBefore.late,
        decoderFaults: counters.decoderFaults - this.#countersBefore.decoderFaults,
      },
    };
  }

  #notePicture({ picture, shownAt }: ShownFrame): void {
    const { codec, width, height, place } = picture;
    const last = this.#pictures.at(-1);
    const isSame =
      last?.codec === codec &&
      last?.width === width &&
      last.height === height &&
      last.place === place;
    if (isSame || this.#pictures.length >= MAX_PICTURES) return;
    this.#pictures.push({ codec, width, height, place, atMs: shownAt / 1000 });
  }

  #notePause({ sequence, shownAt, moments }: ShownFrame): void {
    const before = this.#before;
    const capturedAt = moments?.capturedAt;
    this.#before = { sequence, shownAt, capturedAt };
    if (before === undefined) return;
    const pauseMs = (shownAt - before.shownAt) / 1000;
    if (pauseMs <= FREEZE_MS) return;
    const isAnyLost = sequence !== before.sequence + 1;
    const capturePauseMs =
      capturedAt === undefined || before.capturedAt === undefined
        ? pauseMs
        : (capturedAt - before.capturedAt) / 1000;
    if (isAnyLost || pauseMs - capturePauseMs > HELD_UP_MS) this.#freezesMs.push(pauseMs);
  }
}
