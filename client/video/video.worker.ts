/**
 * The video worker: access units in, pictures on the page. The page and the network never wait for it, and it waits for neither.
 * The way of a frame is in video-pipeline.ts; here are the messages around it.
 */
import type { FromPictureElement } from '../media-source/picture-messages.ts';
import { FrameMeter } from '../stats/frame-meter.ts';
import { PatternProbe, type PictureFacts } from '../stats/pattern-probe.ts';
import type { PicturePath, ShownFrame } from './picture-path.ts';
import { PicturePaths } from './picture-paths.ts';
import { ShownFigures } from './shown-figures.ts';
import { SinkChoice } from './sink-choice.ts';
import type {
  FromVideoWorker,
  FromVideoWorkerMedia,
  ToVideoWorker,
  ToVideoWorkerMedia,
} from './video-messages.ts';

/** Time between feedback to the server's rate control, ms: a report goes out about this often. */
const FEEDBACK_MS = 50;

/** Time between statistics for the page, ms. */
const STATS_MS = 500;

class VideoWorker {
  readonly #mediaPort: MessagePort;
  readonly #probe: PatternProbe | undefined;
  readonly #paths: PicturePaths;
  readonly #shown = new ShownFigures();
  readonly #meter = new FrameMeter({
    tell: (message) => toPage({ type: 'measured', message }),
    counters: () => {
      const { dropped, decoderCounters } = this.#pipeline;
      const { errors, overloads } = decoderCounters;
      return {
        superseded: dropped.superseded,
        late: dropped.late,
        decoderFaults: errors + overloads,
      };
    },
  });
  readonly #timers: readonly ReturnType<typeof setInterval>[];
  readonly #choice = new SinkChoice();
  #isCanvasSlow = false;
  #droppedBefore = 0;
  #shownAtLastStats = 0;

  constructor(start: Extract<ToVideoWorker, { type: 'start' }>) {
    this.#probe = start.probe ? new PatternProbe() : undefined;
    this.#paths = new PicturePaths({
      canvas: start.canvas,
      playout: start.playout,
      toPage,
      onSize: (width, height) => toPage({ type: 'size', width, height }),
      look: (frame) => this.#meter.look(frame),
      onShown: (frame) => this.#noteShown(frame),
      onLost: (lastDecoded) => this.#toNetwork({ type: 'keyRequest', lastDecoded }),
      onUnused: (sequence, why) => this.#toNetwork({ type: 'unused', sequence, why }),
    });
    this.#mediaPort = start.mediaPort;
    this.#mediaPort.onmessage = (event: MessageEvent<ToVideoWorkerMedia>) =>
      this.#onMedia(event.data);
    this.#timers = [
      setInterval(() => this.#feedBack(), FEEDBACK_MS),
      setInterval(() => this.#reportStats(), STATS_MS),
    ];
  }

  onPage(message: Exclude<ToVideoWorker, { type: 'start' }>): void {
    switch (message.type) {
      case 'playout':
        this.#paths.configure(message.playout);
        break;
      case 'sink':
        this.#paths.changeSink(message);
        break;
      case 'path':
        this.#paths.use(message.path);
        this.#forgetPath();
        break;
      case 'element':
        this.#onElement(message.message);
        break;
      case 'soundClock':
        this.#pipeline.soundClock(message.shift);
        break;
      case 'hidden':
        this.#paths.setHidden(message.isHidden);
        break;
      case 'probe':
        this.#answerProbe(message.request);
        break;
      case 'measure':
        this.#meter.handle(message.message);
        break;
      case 'close':
        this.#close();
        break;
    }
  }

  #answerProbe(request: number): void {
    const report = (this.#probe ?? new PatternProbe()).report();
    toPage({ type: 'probe', request, report });
  }

  #close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#paths.close();
    this.#mediaPort.close();
    self.close();
  }

  #onMedia(message: ToVideoWorkerMedia): void {
    switch (message.type) {
      case 'accessUnit':
        this.#paths.push({
          sequence: message.sequence,
          key: message.key,
          codec: message.codec,
          late: message.late,
          captureTime: message.captureTime,
          changedTime: message.changedTime,
          queuedTime: message.queuedTime,
          sendTime: message.sendTime,
          begunAt: message.begunAt,
          receivedAt: message.receivedAt,
          bytes: new Uint8Array(message.buffer, message.start, message.length),
        });
        break;
      case 'onTrack':
        this.#paths.onTrack(message);
        break;
      case 'reset':
        if (!message.continues) this.#pipeline.reset();
        this.#forgetShown();
        break;
      case 'clock':
        this.#shown.clockOffset = message.offset;
        break;
    }
  }

  /** What was shown came another way. */
  #forgetShown(): void {
    this.#shown.forget();
    this.#droppedBefore = this.#dropped;
  }

  /** Every path counts for itself. */
  #forgetPath(): void {
    this.#forgetShown();
    this.#shownAtLastStats = 0;
  }

  #onElement(message: FromPictureElement): void {
    // What an element still plays while another path takes over is no picture of that one.
    const isInUse = this.#paths.name !== 'webCodecs';
    if (isInUse && message.type === 'presented' && message.row !== undefined)
      this.#probe?.observe(message.row, message.shownAt / 1000, receivedAtOf(message));
    this.#paths.onElement(message);
  }

  get #pipeline(): PicturePath {
    return this.#paths.current;
  }

  /** The one place where all the times of a frame that was shown are known. */
  #noteShown(frame: ShownFrame): void {
    const { input, shownAt, look } = frame;
    this.#judgeCanvas(frame);
    // Reading back is no part of the latency, but of what a frame costs here.
    if (this.#probe !== undefined && this.#paths.name === 'webCodecs')
      this.#paths.sink.observe(this.#probe, shownAt / 1000);
    const moments = this.#shown.take(frame, this.#pipeline.soundShift);
    const { codec, width, height } = this.#pipeline;
    const place = this.#paths.name === 'webCodecs' ? this.#paths.sink.kind : this.#paths.name;
    const picture = { codec, width, height, place };
    this.#meter.shown({ sequence: input.sequence, moments, shownAt, picture }, look);
  }

  #judgeCanvas({ shownAt, showTime }: ShownFrame): void {
    if (
      this.#paths.name !== 'webCodecs' ||
      this.#paths.sink.kind !== 'canvas' ||
      this.#isCanvasSlow
    )
      return;
    if (!this.#choice.drawn(showTime, shownAt)) return;
    this.#isCanvasSlow = true;
    toPage({ type: 'canvasTooSlow' });
  }

  #feedBack(): void {
    this.#toNetwork({
      type: 'feedback',
      decodeQueue: this.#pipeline.decodeQueue,
      ...this.#shown.newest,
      droppedFrames: this.#dropped - this.#droppedBefore,
    });
  }

  get #dropped(): number {
    return Object.values(this.#pipeline.dropped).reduce((sum, count) => sum + count, 0);
  }

  #reportStats(): void {
    const { shown, width, height, codec, decodeQueue, dropped } = this.#pipeline;
    const framesPerSecond = ((shown - this.#shownAtLastStats) * 1000) / STATS_MS;
    this.#shownAtLastStats = shown;
    const { decoded, errors, overloads } = this.#pipeline.decoderCounters;
    toPage({
      type: 'stats',
      stats: {
        codec,
        width,
        height,
        framesPerSecond,
        decoded,
        shown,
        skipped: this.#dropped,
        superseded: dropped.superseded,
        late: dropped.late,
        dropped: { ...dropped },
        sink: this.#paths.name === 'webCodecs' ? this.#paths.sink.kind : this.#paths.name,
        soundOffsetMs: this.#shown.takeSoundOffset(),
        heldMs: this.#pipeline.heldFor / 1000,
        decodeErrors: errors,
        decodeOverloads: overloads,
        decodeQueue,
        latency: this.#shown.latency,
      },
    });
  }

  #toNetwork(message: FromVideoWorkerMedia): void {
    this.#mediaPort.postMessage(message);
  }
}

const receivedAtOf = ({ receivedAt }: { readonly receivedAt?: number }): PictureFacts =>
  receivedAt === undefined ? {} : { receivedAtMs: receivedAt / 1000 };

function toPage(message: FromVideoWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

let worker: VideoWorker | undefined;

self.onmessage = (event: MessageEvent<ToVideoWorker>) => {
  const message = event.data;
  if (message.type === 'start') worker ??= new VideoWorker(message);
  else worker?.onPage(message);
};
