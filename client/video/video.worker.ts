/**
 * The video worker: access units in, pictures on the canvas. The page and the network never wait for it, and it waits for neither.
 *
 *   port from the network worker -> LowDelayDecoder -> Presenter (show or skip) -> CanvasSink
 */
import { FrameMeter } from '../stats/frame-meter.ts';
import { LatencyWindow, type FrameMoments } from '../stats/latency-breakdown.ts';
import { PatternProbe } from '../stats/pattern-probe.ts';
import { localMicros } from '../local-time.ts';
import type {
  FromVideoWorker,
  FromVideoWorkerMedia,
  ToVideoWorker,
  ToVideoWorkerMedia,
} from '../worker-messages.ts';
import { CanvasSink } from './canvas-sink.ts';
import { LowDelayDecoder, type DecodedInput } from './decoder.ts';
import { Presenter } from './presenter.ts';

/** Time between feedback to the server's rate control, ms: a report goes out about this often. */
const FEEDBACK_MS = 50;

/** Time between statistics for the page, ms. */
const STATS_MS = 500;

class VideoWorker {
  readonly #mediaPort: MessagePort;
  readonly #probe: PatternProbe | undefined;
  readonly #sink: CanvasSink;
  readonly #decoder: LowDelayDecoder;
  readonly #presenter = new Presenter();
  readonly #latency = new LatencyWindow();
  readonly #meter = new FrameMeter({
    tell: (message) => toPage({ type: 'measured', message }),
    counters: () => {
      const { errors, overloads } = this.#decoder.counters;
      return { superseded: this.#superseded, late: this.#late, decoderFaults: errors + overloads };
    },
  });
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  /** Session clock minus local time, µs. */
  #clockOffset: number | undefined;
  #shown = 0;
  #superseded = 0;
  #late = 0;
  #lastDecoded: number | undefined;
  #rendered: number | undefined;
  #shownLatency: number | undefined;
  #shownAtLastStats = 0;

  constructor(start: Extract<ToVideoWorker, { type: 'start' }>) {
    this.#probe = start.probe ? new PatternProbe() : undefined;
    this.#sink = new CanvasSink({
      canvas: start.canvas,
      onSize: (width, height) => toPage({ type: 'size', width, height }),
      probe: this.#probe,
    });
    this.#decoder = new LowDelayDecoder(
      {
        frame: (frame, input, newest) => this.#present(frame, input, newest),
        lost: () => this.#toNetwork({ type: 'keyRequest', lastDecoded: this.#lastDecoded }),
      },
      localMicros,
    );
    this.#mediaPort = start.mediaPort;
    this.#mediaPort.onmessage = (event: MessageEvent<ToVideoWorkerMedia>) =>
      this.#onMedia(event.data);
    this.#timers = [
      setInterval(() => this.#feedBack(), FEEDBACK_MS),
      setInterval(() => this.#reportStats(), STATS_MS),
    ];
  }

  answerProbe(request: number): void {
    const report = (this.#probe ?? new PatternProbe()).report();
    toPage({ type: 'probe', request, report });
  }

  measure(message: Extract<ToVideoWorker, { type: 'measure' }>): void {
    this.#meter.handle(message.message);
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#decoder.close();
    this.#mediaPort.close();
  }

  #onMedia(message: ToVideoWorkerMedia): void {
    switch (message.type) {
      case 'accessUnit':
        this.#decoder.decode({
          sequence: message.sequence,
          key: message.key,
          late: message.late,
          captureTime: message.captureTime,
          queuedTime: message.queuedTime,
          sendTime: message.sendTime,
          begunAt: message.begunAt,
          receivedAt: message.receivedAt,
          bytes: new Uint8Array(message.buffer, message.start, message.length),
        });
        break;
      case 'reset':
        this.#decoder.reset();
        this.#latency.clear();
        this.#lastDecoded = undefined;
        break;
      case 'clock':
        this.#clockOffset = message.offset;
        break;
    }
  }

  #present(frame: VideoFrame, input: DecodedInput, newestSubmittedAt: number | undefined): void {
    const decodedAt = localMicros();
    this.#lastDecoded = input.sequence;
    const { late, submittedAt } = input;
    const decision = this.#presenter.decide({
      now: decodedAt,
      late,
      submittedAt,
      newestSubmittedAt,
    });
    if (decision.type === 'skip') {
      frame.close();
      if (decision.reason === 'late') this.#late += 1;
      else this.#superseded += 1;
      return;
    }
    const look = this.#meter.look(frame);
    this.#sink.show(frame);
    const shownAt = localMicros();
    // Reading back is no part of the latency, but of what a frame costs here.
    this.#sink.observe(shownAt / 1000);
    this.#presenter.drawn(localMicros() - decodedAt);
    this.#shown += 1;
    this.#rendered = input.sequence;
    const moments = this.#momentsOf(input, { decodedAt, shownAt });
    this.#meter.shown({ sequence: input.sequence, moments, shownAt }, look);
    if (moments === undefined) return;
    this.#shownLatency = shownAt - moments.capturedAt;
    this.#latency.add(moments);
  }

  /** Undefined until the clocks were compared. */
  #momentsOf(
    input: DecodedInput,
    { decodedAt, shownAt }: Pick<FrameMoments, 'decodedAt' | 'shownAt'>,
  ): FrameMoments | undefined {
    const offset = this.#clockOffset;
    if (offset === undefined) return undefined;
    const { captureTime, sendTime, begunAt, receivedAt } = input;
    const capturedAt = captureTime - offset;
    const writtenAt = sendTime - offset;
    const queuedAt = (input.queuedTime ?? sendTime) - offset;
    return { capturedAt, queuedAt, writtenAt, begunAt, receivedAt, decodedAt, shownAt };
  }

  #feedBack(): void {
    this.#toNetwork({
      type: 'feedback',
      decodeQueue: this.#decoder.queueSize,
      renderedSequence: this.#rendered,
      shownLatency: this.#shownLatency,
      supersededFrames: this.#superseded,
    });
  }

  #reportStats(): void {
    const framesPerSecond = ((this.#shown - this.#shownAtLastStats) * 1000) / STATS_MS;
    this.#shownAtLastStats = this.#shown;
    toPage({
      type: 'stats',
      stats: {
        codec: this.#decoder.codec,
        width: this.#sink.width,
        height: this.#sink.height,
        framesPerSecond,
        decoded: this.#decoder.counters.decoded,
        shown: this.#shown,
        skipped: this.#superseded + this.#late,
        superseded: this.#superseded,
        late: this.#late,
        decodeErrors: this.#decoder.counters.errors,
        decodeOverloads: this.#decoder.counters.overloads,
        decodeQueue: this.#decoder.queueSize,
        latency: this.#latency.report(),
      },
    });
  }

  #toNetwork(message: FromVideoWorkerMedia): void {
    this.#mediaPort.postMessage(message);
  }
}

function toPage(message: FromVideoWorker): void {
  self.postMessage(message);
}

let worker: VideoWorker | undefined;

self.onmessage = (event: MessageEvent<ToVideoWorker>) => {
  const message = event.data;
  switch (message.type) {
    case 'start':
      worker ??= new VideoWorker(message);
      break;
    case 'probe':
      worker?.answerProbe(message.request);
      break;
    case 'measure':
      worker?.measure(message);
      break;
    case 'close':
      worker?.close();
      self.close();
      break;
  }
};
