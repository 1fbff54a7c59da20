import type { Presentation } from '../../protocol/latency-mode.ts';
import type { TimedFrame } from './playout.ts';

/** Why decoded frames were not shown, see DropReason. */
export const dropReasons = [
  'late',
  'superseded',
  'crowded',
  'overtaken',
  'hidden',
  'reset',
] as const;

/**
 * - `late`: the server marked it late, and something was shown lately.
 * - `superseded`: a newer one was due, or would be before this one could be on the screen.
 * - `crowded`: more frames were decoded ahead of their time than may be kept.
 * - `overtaken`: a newer one had been shown already.
 * - `hidden`: the page was in the background.
 * - `reset`: another connection began while it waited.
 */
export type DropReason = (typeof dropReasons)[number];

/** A decoded frame. `picture` belongs to the presenter until it comes out again, which it does exactly once. */
export interface DecodedFrame<Picture> extends TimedFrame {
  readonly picture: Picture;
  /** Rises from frame to frame. */
  readonly order: number;
  /** Not to be shown, unless nothing else was for a while. */
  readonly late: boolean;
  /** When it went into the decoder, local time. */
  readonly submittedAt: number;
}

/** What to do with a frame; the receiver closes its picture. */
export type PresenterOutput<Picture> =
  | { readonly type: 'show'; readonly frame: DecodedFrame<Picture> }
  | { readonly type: 'drop'; readonly frame: DecodedFrame<Picture>; readonly reason: DropReason };

/** When a frame is to be shown, local time; minus infinity: as soon as it is there. */
export type FrameDueAt = (frame: TimedFrame, now: number) => number;

/** What is known when a frame leaves the decoder; local time. */
export interface DecoderMoment {
  readonly now: number;
  /** When the newest frame still inside the decoder went in; undefined when it is empty. */
  readonly newestSubmittedAt: number | undefined;
}

/** Weight of a new measurement in the moving averages. */
const SMOOTHING = 1 / 8;

/** Longest time without a new picture while frames are skipped, µs: two frames at 30 per second still look like motion. */
const LONGEST_SKIP = 66_000;

/**
 * Longest time without a new picture before one that came too late is shown all the same, µs. A freeze is noticed from about
 * 100 ms on, and a link on which every frame is late would otherwise show none for as long as it lasts.
 */
const LONGEST_FREEZE = 100_000;

/** Guess of the first draw, µs; measured 4.8 ms for 720p into a canvas without a graphics card. */
const FIRST_DRAW_TIME = 5_000;

/** Guess of the first decode, µs; measured 1.0 ms for 720p in software. */
const FIRST_DECODE_TIME = 2_000;

/** Decoded frames kept at most: hardware decoders own few pictures, and stop when all are out. */
export const MAX_HELD_FRAMES = 3;

/** A frame due within this is shown now, µs: timers count whole milliseconds. */
const TIMER_SLACK = 500;

/** How long one frame is kept in hand after an underrun (docs/protocol.md, "Latency modes"), µs. */
const CUSHION_TIME = 2_000_000;

/** A frame that comes this much later than its distance to the one before, and later than a whole distance, is an underrun, µs. */
const UNDERRUN = 17_000;

/** Distances of frames that make a rhythm, µs: 20 to 200 per second; a longer one is a pause of the picture. */
const LONGEST_INTERVAL = 50_000;
const SHORTEST_INTERVAL = 5_000;

/** Guess of the first distance, µs: 60 frames per second. */
const FIRST_INTERVAL = 16_667;

/**
 * Decides which decoded frames are shown and when. The newest frame wins: one is dropped when a newer one is due, or is
 * expected out of the decoder before this one would be on the screen; without that, a screen slower than the stream gathers
 * seconds of delay. A pure core; all times in µs.
 */
export class Presenter<Picture> {
  readonly #dueAt: FrameDueAt;
  #presentation: Presentation;
  #held: DecodedFrame<Picture>[] = [];
  #drawTime = FIRST_DRAW_TIME;
  #decodeTime = FIRST_DECODE_TIME;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shownOrder = -1;
  #last: { readonly captureTime: number; readonly at: number } | undefined;
  #interval = FIRST_INTERVAL;
  #cushionUntil = Number.NEGATIVE_INFINITY;
  #releaseAt = Number.NEGATIVE_INFINITY;

  /** @param dueAt asked again at every look, so that a delay that moves takes the frames that wait along */
  constructor(presentation: Presentation, dueAt: FrameDueAt) {
    this.#presentation = presentation;
    this.#dueAt = dueAt;
  }

  /** Frames in hand. */
  get held(): number {
    return this.#held.length;
  }

  /** How long a frame takes through the decoder, µs. */
  get decodeTime(): number {
    return this.#decodeTime;
  }

  /** Changes the presentation; what waits comes out under the new one. */
  configure(presentation: Presentation, now: number): PresenterOutput<Picture>[] {
    this.#presentation = presentation;
    this.#cushionUntil = Number.NEGATIVE_INFINITY;
    return this.tick(now);
  }

  push(
    frame: DecodedFrame<Picture>,
    { now, newestSubmittedAt }: DecoderMoment,
  ): PresenterOutput<Picture>[] {
    this.#decodeTime += (now - frame.submittedAt - this.#decodeTime) * SMOOTHING;
    const last = this.#held.at(-1)?.order ?? this.#shownOrder;
    if (frame.order <= last) return [drop(frame, 'overtaken')];
    if (frame.late && now - this.#shownAt < LONGEST_FREEZE) return [drop(frame, 'late')];
    this.#watchRhythm(frame, now);
    this.#held.push(frame);
    const outputs = this.#release(now, newestSubmittedAt);
    while (this.#held.length > MAX_HELD_FRAMES) outputs.push(...this.#dropFirst('crowded'));
    return outputs;
  }

  /** Lets time pass; call at `wakeAt`. */
  tick(now: number): PresenterOutput<Picture>[] {
    return this.#release(now, undefined);
  }

  /** When the next frame is due; undefined while none waits. */
  wakeAt(now: number): number | undefined {
    const [first] = this.#held;
    return first === undefined ? undefined : this.#dueOf(first, now);
  }

  /** Tells how long showing took, µs. */
  drawn(duration: number): void {
    this.#drawTime += (duration - this.#drawTime) * SMOOTHING;
  }

  /** Another stream: nothing that waits is of use. */
  reset(): PresenterOutput<Picture>[] {
    const outputs = this.#held.map((frame) => drop(frame, 'reset'));
    this.#held = [];
    this.#last = undefined;
    this.#cushionUntil = Number.NEGATIVE_INFINITY;
    return outputs;
  }

  #dueOf(frame: DecodedFrame<Picture>, now: number): number {
    if (this.#presentation !== 'cushion') return this.#dueAt(frame, now);
    // The one in hand goes when the next one comes, or when that is overdue as well.
    const isInHand = frame === this.#held.at(-1) && now < this.#cushionUntil;
    return isInHand ? this.#releaseAt : Number.NEGATIVE_INFINITY;
  }

  /** Shows the newest frame that is due and drops what is older. */
  #release(now: number, newestSubmittedAt: number | undefined): PresenterOutput<Picture>[] {
    let due = this.#held.length - 1;
    while (due >= 0 && !this.#isDue(due, now)) due -= 1;
    const outputs: PresenterOutput<Picture>[] = [];
    for (let older = 0; older < due; older += 1) outputs.push(...this.#dropFirst('superseded'));
    if (due < 0) return outputs;
    const frame = this.#held.shift();
    if (frame === undefined) return outputs;
    if (this.#isNewerSoon(frame, now, newestSubmittedAt))
      return [...outputs, drop(frame, 'superseded')];
    this.#shownAt = now;
    this.#shownOrder = frame.order;
    return [...outputs, { type: 'show', frame }];
  }

  #isDue(at: number, now: number): boolean {
    const frame = this.#held[at];
    return frame !== undefined && this.#dueOf(frame, now) <= now + TIMER_SLACK;
  }

  #isNewerSoon(frame: DecodedFrame<Picture>, now: number, newest: number | undefined): boolean {
    if (newest === undefined || now - this.#shownAt >= LONGEST_SKIP) return false;
    if (now - this.#dueOf(frame, now) < this.#drawTime) return false;
    return newest + this.#decodeTime < now + this.#drawTime;
  }

  /** Notices a frame that comes later after the one before than it was captured after it. */
  #watchRhythm({ captureTime }: TimedFrame, now: number): void {
    const last = this.#last;
    this.#last = { captureTime, at: now };
    if (last === undefined) return;
    const distance = captureTime - last.captureTime;
    if (now - last.at - distance > Math.max(UNDERRUN, this.#interval))
      this.#cushionUntil = now + CUSHION_TIME;
    if (distance > 0 && distance <= LONGEST_INTERVAL) {
      const interval = Math.max(SHORTEST_INTERVAL, distance);
      this.#interval += (interval - this.#interval) * SMOOTHING;
    }
    this.#releaseAt = now + this.#interval;
  }

  #dropFirst(reason: DropReason): PresenterOutput<Picture>[] {
    const frame = this.#held.shift();
    return frame === undefined ? [] : [drop(frame, reason)];
  }
}

function drop<Picture>(frame: DecodedFrame<Picture>, reason: DropReason): PresenterOutput<Picture> {
  return { type: 'drop', frame, reason };
}

/** A count of nothing for every reason. */
export const zeroDrops = (): Record<DropReason, number> =>
  Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
