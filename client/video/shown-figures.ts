import {
  LatencyWindow,
  stagesOf,
  type FrameMoments,
  type FrameStages,
} from '../stats/latency-breakdown.ts';
import type { ShownFrame } from './picture-path.ts';

/** What is told of the frame that was shown last; undefined before the first one. */
export interface NewestShown {
  readonly renderedSequence: number | undefined;
  /** From capture to screen, µs; undefined until the clocks were compared. */
  readonly shownLatency: number | undefined;
  readonly shownStages: FrameStages | undefined;
}

const NONE: NewestShown = {
  renderedSequence: undefined,
  shownLatency: undefined,
  shownStages: undefined,
};

/** The one place where all the times of a frame that was shown meet: from them, what is told of the frames shown. */
export class ShownFigures {
  /** Session clock minus local time, µs; undefined until the clocks were compared. */
  clockOffset: number | undefined;
  readonly #latency = new LatencyWindow();
  #newest = NONE;
  /** How much later than their sound the pictures since the last statistics were shown, µs. */
  #soundOffsets: number[] = [];

  /**
   * Takes a frame that was shown.
   *
   * @param soundShift of the sound that plays beside it, µs; undefined without sound
   * @returns its moments in local time; undefined until the clocks were compared
   */
  take(frame: ShownFrame, soundShift: number | undefined): FrameMoments | undefined {
    const { input, shownAt } = frame;
    if (soundShift !== undefined) this.#soundOffsets.push(shownAt - input.captureTime - soundShift);
    const moments = this.#momentsOf(frame);
    this.#newest = { ...this.#newest, renderedSequence: input.sequence };
    if (moments === undefined) return undefined;
    this.#newest = {
      renderedSequence: input.sequence,
      shownLatency: shownAt - moments.capturedAt,
      shownStages: stagesOf(moments),
    };
    this.#latency.add(moments);
    return moments;
  }

  get newest(): NewestShown {
    return this.#newest;
  }

  get latency(): ReturnType<LatencyWindow['report']> {
    return this.#latency.report();
  }

  /** How much later than their sound pictures were shown since the last call, ms; the mean, so that one frame says little. */
  takeSoundOffset(): number | undefined {
    const offsets = this.#soundOffsets;
    this.#soundOffsets = [];
    if (offsets.length === 0) return undefined;
    return offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length / 1000;
  }

  /** What was shown came another way. */
  forget(): void {
    this.#latency.clear();
    this.#newest = NONE;
  }

  #momentsOf({ input, decodedAt, shownAt }: ShownFrame): FrameMoments | undefined {
    const offset = this.clockOffset;
    if (offset === undefined) return undefined;
    const { captureTime, changedTime, sendTime, begunAt, receivedAt } = input;
    return {
      ...(changedTime === undefined ? {} : { changedAt: changedTime - offset }),
      capturedAt: captureTime - offset,
      queuedAt: (input.queuedTime ?? sendTime) - offset,
      writtenAt: sendTime - offset,
      begunAt,
      receivedAt,
      decodedAt,
      shownAt,
    };
  }
}
