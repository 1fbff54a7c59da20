import { micros, millis, millisToMicros, type Micros } from '../../protocol/time.ts';
import type { AccessUnit, AccessUnitSink, VideoParameters } from '../ingest/access-unit.ts';
import { ChangeWaits } from './change-waits.ts';
import type { LinkDemand } from './encoder-steering.ts';
import type { SessionObserver } from './session-observer.ts';
import { SharedEncoders, type SharedEncodersOptions } from './shared-encoders.ts';
import type { Decodes } from './shared-codecs.ts';
import type { DesktopAudience, PointerImage } from './viewer-desktop.ts';

/** What is broadcast, and who is asked about those it goes to. */
export interface BroadcastOptions extends SharedEncodersOptions {
  readonly observer: SessionObserver;
  /** What each of those who watch decodes. */
  decodes(): readonly Decodes[];
  /** What the link asks that the encoders follow; undefined while they follow none. */
  demand(): LinkDemand | undefined;
  /** Pictures are of another kind or size from the next one on, which is a keyframe. */
  onParameters(): void;
}

/**
 * What a desktop shows, on its way from the encoders to all who watch: every access unit and every pointer goes to each of them, and
 * the encoders rest while nobody is there. What is known of changes of the screen comes in here, since it times the next capture.
 */
export class Broadcast {
  readonly encoders: SharedEncoders;
  readonly #options: BroadcastOptions;
  readonly #audiences = new Set<DesktopAudience>();
  readonly #waits = new ChangeWaits();
  readonly #unsubscribe: (() => void)[] = [];
  #announced: VideoParameters | undefined;

  constructor(options: BroadcastOptions) {
    this.#options = options;
    this.encoders = new SharedEncoders(options, () => options.decodes());
    const sink: AccessUnitSink = { accessUnit: (unit) => this.#deliver(unit) };
    this.#unsubscribe.push(options.video.subscribe(sink));
    if (options.audio !== undefined) this.#unsubscribe.push(options.audio.subscribe(sink));
  }

  /** Begins to show to somebody; the returned function ends it. */
  join(audience: DesktopAudience): () => void {
    this.#audiences.add(audience);
    this.countAudience();
    return () => {
      this.#audiences.delete(audience);
      this.countAudience();
    };
  }

  /** Lets the encoders rest or work, by who watches and listens now; call it when what somebody of the audience wants has changed. */
  countAudience(): void {
    this.encoders.setAudience({
      isWatching: [...this.#audiences].some(({ wantsVideo }) => wantsVideo),
      isListening: this.#audiences.size > 0,
    });
  }

  /** A picture of the pointer that everybody gets. */
  pointerChanged(image: PointerImage): void {
    for (const audience of this.#audiences) audience.pointer(image);
  }

  /** What the screen shows has changed. A source that never says so is never paused for stillness. */
  screenChanged(): void {
    this.encoders.screenChanged();
  }

  /** Nobody knows what changes on the screen, until the next `screenChanged`. */
  screenUnwatched(): void {
    this.encoders.screenUnwatched();
  }

  /** A change was noticed exactly; both moments in nanoseconds of CLOCK_MONOTONIC. */
  changeNoticed(change: { readonly quietSince: bigint; readonly changedAt: bigint }): void {
    const { clock } = this.#options;
    this.#waits.seen({
      quietSince: clock.fromMonotonicNanos(change.quietSince),
      changedAt: clock.fromMonotonicNanos(change.changedAt),
    });
  }

  /** Milliseconds to the first capture that is at least so far away. */
  untilCapture(atLeastMs: number): number {
    const now = this.#options.clock.now();
    const from = micros(now + millisToMicros(millis(atLeastMs)));
    return (this.#waits.nextCapture(from, 1e6 / this.encoders.frameRate) - now) / 1000;
  }

  /** Nothing is heard of the encoders any more; they are not ended. */
  close(): void {
    this.encoders.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #deliver(unit: AccessUnit): void {
    if (unit.key) this.#announce();
    const changedBefore = unit.kind === 'video' ? this.#captured(unit) : undefined;
    for (const audience of this.#audiences) audience.accessUnit(unit, changedBefore);
    if (unit.kind === 'video') this.encoders.pictureMade(unit, this.#options.demand());
  }

  /** A kind or size of picture that is new is told before its first keyframe goes out. */
  #announce(): void {
    const { parameters } = this.#options.video;
    if (parameters === this.#announced) return;
    this.#announced = parameters;
    this.#options.onParameters();
  }

  #captured(unit: AccessUnit): Micros | undefined {
    const waited = this.#waits.captured(this.#options.clock.fromMonotonicNanos(unit.captureTime));
    if (waited !== undefined) this.#options.observer.changeCaptured(waited);
    return waited;
  }
}
