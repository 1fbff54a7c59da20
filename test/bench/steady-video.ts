import type {
  AccessUnit,
  AccessUnitSink,
  VideoParameters,
} from '../../server/ingest/access-unit.ts';
import type { VideoPort } from '../../server/session/desktop-ports.ts';

/** The load: 15.8 Mbit/s, as a screen with a keyframe each second makes it. */
export const steadyLoad = { framesPerSecond: 60, bytes: 30_000, keyframeBytes: 200_000 } as const;

/** An encoder's output without an encoder: each message begins with the moment at which it was handed over. */
export class SteadyVideo implements VideoPort {
  readonly parameters: VideoParameters = { codec: 'avc1.42C020', width: 1280, height: 720 };
  readonly codecs = ['h264'] as const;
  readonly running = { name: 'h264', encoder: 'steady' } as const;
  readonly canScale = false;
  readonly #sinks = new Set<AccessUnitSink>();
  readonly #startedAt = performance.now();
  #made = 0;
  #sinceKey = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#schedule();
  }

  subscribe(sink: AccessUnitSink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  requestKeyframe(): void {
    this.#sinceKey = Infinity;
  }

  setPaused(): void {
    // Steady is the point.
  }

  setBitrate(): void {
    // The same.
  }

  setFrameRate(): void {
    // The same.
  }

  setScale(): void {
    // The same.
  }

  setCodec(): void {
    // The same.
  }

  setQuality(): void {
    // The same.
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const dueAt = this.#startedAt + (this.#made * 1000) / steadyLoad.framesPerSecond;
    this.#timer = setTimeout(() => this.#make(), Math.max(0, dueAt - performance.now()));
  }

  #make(): void {
    this.#made += 1;
    const key = this.#sinceKey >= steadyLoad.framesPerSecond;
    this.#sinceKey = key ? 1 : this.#sinceKey + 1;
    const data = new Uint8Array(key ? steadyLoad.keyframeBytes : steadyLoad.bytes);
    const moment = process.hrtime.bigint();
    // µs of CLOCK_MONOTONIC, of which a double keeps the nanoseconds for some months after the start of the machine.
    new DataView(data.buffer).setFloat64(0, Number(moment) / 1000);
    const unit: AccessUnit = {
      kind: 'video',
      codec: 'h264',
      data,
      key,
      captureTime: moment,
      arrivalTime: moment,
      discardable: false,
      temporalLayer: 0,
      dependency: key ? 0 : 1,
      durationUs: 1e6 / steadyLoad.framesPerSecond,
      discontinuity: false,
    };
    for (const sink of this.#sinks) sink.accessUnit(unit);
    this.#schedule();
  }
}
