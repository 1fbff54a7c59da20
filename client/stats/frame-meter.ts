/** The video worker's end of measurements: what it costs, it costs only while somebody measures. */
import { localMicros } from '../local-time.ts';
import { ClockRow } from './clock-row.ts';
import { readLuma, type FrameRows, type Luma } from './frame-luma.ts';
import { MarkWatch } from './mark-watch.ts';
import type { FrameCounters, FromFrameMeter, ToFrameMeter } from './measurement-messages.ts';
import { RunRecorder, type ShownFrame } from './run-recorder.ts';

/** What the measurements of the video worker count, and whom they tell. */
export interface FrameMeterOptions {
  tell(message: FromFrameMeter): void;
  /** Frames decoded and not shown since the worker began. */
  counters(): FrameCounters;
}

/** Copies of a frame's rows that have begun before the frame is drawn and closed. */
export interface FrameLook {
  readonly clock: Promise<Luma | undefined> | undefined;
  readonly mark: Promise<Luma | undefined> | undefined;
  readonly picture: { readonly width: number; readonly height: number };
}

/** Records shown frames, and reads the test pattern and the click-to-photon mark out of them. */
export class FrameMeter {
  readonly #options: FrameMeterOptions;
  #run: RunRecorder | undefined;
  #clock: ClockRow | undefined;
  #mark: MarkWatch | undefined;
  /** Who waits for the next frame. */
  #waiting: number[] = [];

  constructor(options: FrameMeterOptions) {
    this.#options = options;
  }

  handle(message: ToFrameMeter): void {
    switch (message.type) {
      case 'startRun':
        this.#run = new RunRecorder(localMicros(), this.#options.counters());
        this.#clock = new ClockRow();
        break;
      case 'stopRun':
        this.#stopRun(message.request);
        break;
      case 'nextFrame':
        this.#waiting.push(message.request);
        break;
      case 'watchMark':
        this.#mark = message.isOn ? new MarkWatch() : undefined;
        break;
    }
  }

  /** Call before the frame is drawn: drawing may close it. Undefined when nothing is to be read. */
  look(frame: VideoFrame): FrameLook | undefined {
    if (this.#clock === undefined && this.#mark === undefined) return undefined;
    const { displayWidth: width, displayHeight: height } = frame;
    const read = (rows: FrameRows | undefined) => rows && readLuma(frame, rows);
    return {
      clock: read(this.#clock?.wanted),
      mark: read(this.#mark?.wanted(localMicros(), { width, height })),
      picture: { width, height },
    };
  }

  /** Call when the frame is shown, with what `look` gave for it. */
  shown(frame: ShownFrame, look: FrameLook | undefined): void {
    for (const request of this.#waiting.splice(0)) this.#options.tell({ type: 'frame', request });
    const index = this.#run?.add(frame);
    if (look?.clock !== undefined && index !== undefined) void this.#readClock(frame, index, look);
    if (look?.mark !== undefined) void this.#readMark(frame, look);
  }

  async #readClock({ shownAt }: ShownFrame, index: number, look: FrameLook): Promise<void> {
    const [run, clock] = [this.#run, this.#clock];
    const luma = await look.clock;
    if (luma === undefined) return;
    const glassMs = clock?.read(luma, shownAt / 1000);
    if (glassMs !== undefined) run?.painted(index, { glassMs });
  }

  async #readMark({ shownAt, moments }: ShownFrame, look: FrameLook): Promise<void> {
    const watch = this.#mark;
    const luma = await look.mark;
    if (luma === undefined || watch === undefined || watch !== this.#mark) return;
    const outcome = watch.read(luma);
    if (outcome.type === 'none') return;
    if (outcome.type === 'lost') {
      this.#options.tell({ type: 'mark', sighting: undefined });
      return;
    }
    const { presses, place } = outcome;
    const capturedAtMs = (moments?.capturedAt ?? Number.NaN) / 1000;
    const sighting = { presses, place, picture: look.picture, capturedAtMs };
    this.#options.tell({ type: 'mark', sighting: { ...sighting, shownAtMs: shownAt / 1000 } });
  }

  #stopRun(request: number): void {
    const counters = this.#options.counters();
    const run = (this.#run ?? new RunRecorder(localMicros(), counters)).end(
      localMicros(),
      counters,
    );
    this.#run = undefined;
    this.#clock = undefined;
    this.#options.tell({ type: 'run', request, run });
  }
}
