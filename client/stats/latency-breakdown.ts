import type { LatencyBreakdown, StageLatency, TypicalFrame } from './player-stats.ts';

/** The moments of one frame that was shown, all on one clock, µs. */
export interface FrameMoments {
  /** The change that the frame is the first to show was on the screen; absent: there is none, or it is not known. */
  readonly changedAt?: number;
  readonly capturedAt: number;
  /** The server could have sent it; `writtenAt` where a server does not say. */
  readonly queuedAt: number;
  /** The server began to write it: `sendTs` of its first data unit. */
  readonly writtenAt: number;
  /** Its first byte arrived. */
  readonly begunAt: number;
  /** Its last byte arrived. */
  readonly receivedAt: number;
  readonly decodedAt: number;
  readonly shownAt: number;
}

/** How long one frame spent where, whole µs; the parts add up to `total` exactly. */
export interface FrameStages {
  /** A change waited for its capture; absent where none is known. */
  readonly capture?: number;
  readonly encode: number;
  readonly queue: number;
  /** Negative when the way was shorter than the error of the clock's estimate. */
  readonly network: number;
  readonly reassembly: number;
  readonly decode: number;
  readonly present: number;
  readonly total: number;
}

/** Frames of the sliding window: 4 s at 60 per second, enough for a p95 that is not one frame. */
const WINDOW = 240;

/**
 * Splits one frame's time from the change that it shows, or from its capture where none is known, to drawn. Moments are rounded to whole µs first: sums of whole numbers are exact,
 * those of fractions are not.
 */
export function stagesOf(frame: FrameMoments): FrameStages {
  const capturedAt = Math.round(frame.capturedAt);
  const changedAt = frame.changedAt === undefined ? undefined : Math.round(frame.changedAt);
  const queuedAt = Math.round(frame.queuedAt);
  const writtenAt = Math.round(frame.writtenAt);
  const begunAt = Math.round(frame.begunAt);
  const receivedAt = Math.round(frame.receivedAt);
  const decodedAt = Math.round(frame.decodedAt);
  const shownAt = Math.round(frame.shownAt);
  return {
    ...(changedAt === undefined ? {} : { capture: capturedAt - changedAt }),
    encode: queuedAt - capturedAt,
    queue: writtenAt - queuedAt,
    network: begunAt - writtenAt,
    reassembly: receivedAt - begunAt,
    decode: decodedAt - receivedAt,
    present: shownAt - decodedAt,
    total: shownAt - (changedAt ?? capturedAt),
  };
}

/**
 * Where the time of the last frames went: of those that show a known change, as long as there are some, since only they say how long a
 * change takes; else of all. A pure core with a bounded window; `report` sorts, so call it rarely.
 */
export class LatencyWindow {
  readonly #frames: FrameStages[] = [];
  #next = 0;
  #sinceReport: FrameStages[] = [];

  add(moments: FrameMoments): void {
    const frame = stagesOf(moments);
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % WINDOW;
    if (this.#sinceReport.length < WINDOW) this.#sinceReport.push(frame);
  }

  clear(): void {
    this.#frames.length = 0;
    this.#next = 0;
    this.#sinceReport = [];
  }

  /** Undefined while nothing was shown. Begins the next `recent`. */
  report(): LatencyBreakdown | undefined {
    if (this.#frames.length === 0) return undefined;
    const isKnown = this.#frames.some(hasCapture);
    const wanted = (all: readonly FrameStages[]) => (isKnown ? all.filter(hasCapture) : all);
    const frames = wanted(this.#frames);
    const stage = (name: keyof FrameStages): StageLatency =>
      percentiles(frames.map((frame) => frame[name] ?? 0));
    const recent = wanted(this.#sinceReport).map(({ total }) => total);
    this.#sinceReport = [];
    return {
      samples: frames.length,
      ...(isKnown ? { capture: stage('capture') } : {}),
      encode: stage('encode'),
      queue: stage('queue'),
      network: stage('network'),
      reassembly: stage('reassembly'),
      decode: stage('decode'),
      present: stage('present'),
      total: stage('total'),
      typical: typicalOf(frames),
      ...(recent.length === 0 ? {} : { recent: percentiles(recent) }),
    };
  }
}

const hasCapture = ({ capture }: FrameStages): boolean => capture !== undefined;

/** The mean of the middle half of the frames: as steady as a median, and its parts add up as those of one frame do. */
function typicalOf(frames: readonly FrameStages[]): TypicalFrame {
  const sorted = [...frames].sort((a, b) => a.total - b.total);
  const quarter = Math.floor(sorted.length / 4);
  const middle = sorted.slice(quarter, sorted.length - quarter);
  const meanMs = (name: keyof FrameStages): number =>
    middle.reduce((sum, frame) => sum + (frame[name] ?? 0), 0) / middle.length / 1000;
  return {
    ...(frames.some(hasCapture) ? { captureMs: meanMs('capture') } : {}),
    encodeMs: meanMs('encode'),
    queueMs: meanMs('queue'),
    networkMs: meanMs('network'),
    reassemblyMs: meanMs('reassembly'),
    decodeMs: meanMs('decode'),
    presentMs: meanMs('present'),
    totalMs: meanMs('total'),
  };
}

function percentiles(spans: number[]): StageLatency {
  spans.sort((a, b) => a - b);
  const at = (part: number): number =>
    (spans[Math.min(spans.length - 1, Math.floor(part * spans.length))] ?? 0) / 1000;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}
