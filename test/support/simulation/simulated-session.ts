import type { Acknowledgement } from '../../../client/transport/acknowledger.ts';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import { flowId, Priority, sequence, type FlowId } from '../../../protocol/flow.ts';
import { latencyModes } from '../../../protocol/latency-mode.ts';
import type { MessageHeader } from '../../../protocol/message.ts';
import { micros, type Micros } from '../../../protocol/time.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { SenderBacklog } from '../../../server/schedule/sender-backlog.ts';
import { EncoderSteering } from '../../../server/session/encoder-steering.ts';
import { LinkControl } from '../../../server/session/link-control.ts';
import type { Piece, PieceLimit } from '../../../server/transport/transport.ts';
import { Bottleneck } from './bottleneck.ts';
import { EventQueue, randomNumbers } from './event-queue.ts';
import type { Arrival, SessionOptions, SessionRecord, Tick } from './session-record.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedEncoder, type EncodedPicture } from './simulated-encoder.ts';
import { SimulatedKeyframes } from './simulated-keyframes.ts';
import { SimulatedStack } from './simulated-stack.ts';
import { SimulatedStream } from './simulated-stream.ts';
import type { Delivered, SimulatedWire } from './simulated-wire.ts';

const VIDEO = flowId(4);
const AUDIO = flowId(2);
const MODE = latencyModes.balanced;

/** Sound of 10 ms at 128 kbit/s, 2 ms old when it is queued. */
const AUDIO_INTERVAL_US = 10_000;
const AUDIO_BYTES = 160;
const AUDIO_AGE_US = 2_000;

const TICK_US = 50_000;
const ACK_DELAY_US = 5_000;
const PICTURE = { width: 1280, height: 720 };

/** The session clock is ahead of the simulation's, so that no stamp is before its beginning. */
const CLOCK_OFFSET_US = 1_000_000;

/**
 * Runs one session: an encoder that follows its steering, the deadline queue, link control, a transport's window over CUBIC, the path,
 * and a client that acknowledges and reports. All of it but encoder, path and stack is what the gateway runs.
 */
export function simulateSession(options: SessionOptions): Promise<SessionRecord> {
  return new SimulatedSession(options).run();
}

class SimulatedSession {
  readonly #options: SessionOptions;
  readonly #events = new EventQueue();
  readonly #path: Bottleneck;
  readonly #queue = new DeadlineQueue();
  readonly #client: SimulatedClient;
  readonly #wire: SimulatedWire;
  readonly #encoder: SimulatedEncoder;
  readonly #steering: EncoderSteering;
  readonly #control: LinkControl;
  readonly #sequences = new Map<FlowId, number>();
  readonly #backlog = new SenderBacklog();
  readonly #keyframes: SimulatedKeyframes;
  #lastReference = 0;
  readonly #record = { video: [] as Arrival[], audio: [] as Arrival[], ticks: [] as Tick[] };
  #reportUs = TICK_US;
  #told = { capacityBps: 0, queue: 0 };

  constructor(options: SessionOptions) {
    const { transport, maxBps = 8e6, seed = 1 } = options;
    this.#options = options;
    const random = randomNumbers(seed);
    this.#path = new Bottleneck(this.#events, options, random);
    this.#client = new SimulatedClient(options, random);
    this.#queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
    this.#queue.openFlow(AUDIO, { kind: 'audio', priority: Priority.audio });
    this.#queue.setFollowed(options.isSpectator !== true);
    this.#wire = this.#makeWire(random);
    this.#encoder = new SimulatedEncoder(this.#events, {
      bps: maxBps,
      random,
      yield: options.yield ?? (() => 1),
      isMoving: options.isMoving ?? (() => true),
      frameRate: options.frameRate ?? 60,
      hasLayers: options.hasLayers === true,
      leastKeyframeBytes: options.leastKeyframeBytes ?? 0,
    });
    const encoder = this.#encoder;
    this.#keyframes = new SimulatedKeyframes(this.#events, options.isSpectator === true, (most) => {
      this.#steering.squeezeKeyframe(most, this.#now());
      encoder.requestKeyframe();
    });
    this.#steering = new EncoderSteering({ encoder, bitrateBps: maxBps, frameRate: 60 });
    this.#control = new LinkControl({
      transport: {
        kind: transport,
        setWindow: (bytes, rates) => this.#wire.setWindow(bytes, rates),
        stats: () => Promise.resolve({ rttUs: this.#wire.rttUs }),
        sendControl: (unit) => this.#hear(unit),
      },
      queue: this.#queue,
      delayTarget: MODE.delayTarget,
      startBps: maxBps,
      maxBps,
    });
  }

  async run(): Promise<SessionRecord> {
    const { seconds, keyframesEveryMs, competingBps } = this.#options;
    const events = this.#events;
    this.#encoder.start((picture) => this.#pictureMade(picture));
    events.every(AUDIO_INTERVAL_US, () => this.#soundMade());
    if (keyframesEveryMs !== undefined) {
      events.every(keyframesEveryMs * 1000, () => this.#encoder.requestKeyframe());
    }
    if (competingBps !== undefined) compete(events, this.#path, competingBps);
    this.#client.onAckDue = () => this.#acknowledge();
    events.every(ACK_DELAY_US, () => this.#whenAwake(() => this.#acknowledge()));
    events.every(this.#reportUs, () => this.#whenAwake(() => this.#report()));
    events.every(TICK_US, () => this.#tick());
    for (let at = 10; at <= seconds * 1000; at += 10) {
      events.run(at * 1000);
      // The answer of the stack about its round trip comes in a turn of its own.
      await Promise.resolve();
    }
    const { captured, keyframes } = this.#encoder;
    return { ...this.#record, captured, keyframes };
  }

  #now(): Micros {
    return micros(Math.round(this.#events.now) + CLOCK_OFFSET_US);
  }

  #makeWire(random: () => number): SimulatedWire {
    const { transport, oneWayMs, fixedWindowBytes } = this.#options;
    const options = {
      events: this.#events,
      path: this.#path,
      oneWayMs,
      fixedWindowBytes,
      random,
      now: () => this.#now(),
      source: {
        next: (now: Micros, limit: PieceLimit) => this.#next(now, limit),
        sent: (bytes: number, now: Micros) => {
          this.#backlog.handed(bytes);
          this.#control.sent(bytes, now);
        },
      },
      taken: (cumulativeBytes: number) =>
        this.#backlog.left(cumulativeBytes, micros(0), this.#now()),
      begin: (delivered: Delivered) =>
        this.#whenAwake(() => this.#client.begin(delivered, this.#now())),
      deliver: (delivered: Delivered) => this.#whenAwake(() => this.#deliver(delivered)),
    };
    return transport === 'websocket' ? new SimulatedStream(options) : new SimulatedStack(options);
  }

  /** The client's thread does it when it has nothing else to do, in order. */
  #whenAwake(run: () => void): void {
    const busyUs = this.#client.busyFor(this.#now());
    if (busyUs > 0) this.#events.after(busyUs, run);
    else run();
  }

  #hear(unit: ControlUnit): void {
    if (unit.type === 'rate') this.#told = unit;
    if (unit.type === 'ackConfig') this.#reportUs = unit.reportInterval * 1000;
  }

  #next(now: Micros, limit: PieceLimit): Piece | undefined {
    const piece = this.#queue.next(now, limit);
    this.#takeAbandoned();
    if (piece !== undefined) {
      const { flow, seq } = piece.message.header;
      this.#backlog.taken(flow, seq, piece.last);
    }
    const isAudio = piece?.message.header.flow === AUDIO;
    if (isAudio) this.#control.sentBeside(piece.bytes.byteLength, now);
    if (piece === undefined && !limit.urgentOnly) this.#control.idle();
    return piece;
  }

  #deliver(delivered: Delivered): void {
    const now = this.#now();
    const complete = this.#client.take(delivered, now);
    if (complete === undefined) return;
    const { header, payload } = complete;
    (header.flow === AUDIO ? this.#record.audio : this.#record.video).push({
      atMs: this.#events.now / 1000,
      latencyMs: (now - header.captureTime) / 1000,
      bytes: payload.byteLength,
      isLate: header.late,
      seq: header.seq,
      reference: header.key ? undefined : header.seq - header.dependency,
    });
  }

  #pictureMade(picture: EncodedPicture): void {
    const { capturedAt, bytes, key, isUpper } = picture;
    const captureTime = micros(Math.round(capturedAt) + CLOCK_OFFSET_US);
    this.#keyframes.pictureMade(picture, this.#options.frameRate ?? 60);
    const seq = this.#sequences.get(VIDEO) ?? 0;
    const dependency = key ? 0 : seq - this.#lastReference;
    if (!isUpper) this.#lastReference = seq;
    const given = { flow: VIDEO, key, captureTime, budget: MODE.videoBudget };
    this.#push({ ...given, dependency, discardable: isUpper }, bytes);
    this.#steering.rateMade(bytes, key);
    if (this.#options.isSpectator === true) return;
    this.#steering.pictureQueued(captureTime, this.#control.videoDelay(this.#now()), this.#now());
  }

  #soundMade(): void {
    const captureTime = micros(this.#now() - AUDIO_AGE_US);
    const given = { flow: AUDIO, key: true, captureTime, budget: MODE.audioBudget };
    this.#push({ ...given, dependency: 0, discardable: false }, AUDIO_BYTES);
  }

  #push(given: GivenHeader, bytes: number): void {
    const seq = this.#sequences.get(given.flow) ?? 0;
    this.#sequences.set(given.flow, seq + 1);
    const now = this.#now();
    this.#backlog.queued(given.flow, sequence(seq), now);
    this.#queue.push({ header: headerOf(given, seq), payload: new Uint8Array(bytes) }, now);
    this.#takeAbandoned();
    this.#wire.wake();
  }

  #takeAbandoned(): void {
    for (const { flow, first, count } of this.#queue.takeAbandoned()) {
      this.#backlog.abandoned(flow, first, count);
    }
    if (this.#queue.takeKeyframeWanted()) this.#keyframes.request(this.#queue.keyframeBytes);
  }

  #acknowledge(): void {
    if (this.#options.transport !== 'websocket') return;
    const ack = this.#client.acknowledge(this.#now());
    if (ack !== undefined) this.#sendBack(() => this.#acknowledged(ack));
  }

  #acknowledged(ack: Acknowledgement): void {
    const sample = this.#wire.acknowledge(ack);
    if (sample === undefined) return;
    this.#backlog.left(sample.cumulativeBytes, this.#control.acknowledgingTakes, this.#now());
    this.#control.acknowledged(sample);
    this.#wire.wake();
    this.#linkMoved();
  }

  #report(): void {
    const unit = this.#client.report(this.#now());
    this.#sendBack(() => {
      this.#control.reported(unit, this.#now());
      this.#wire.wake();
      this.#linkMoved();
    });
  }

  #linkMoved(): void {
    if (this.#options.isSpectator === true) return;
    const { targetBps } = this.#control;
    const videoDelay = this.#control.videoDelay(this.#now());
    this.#steering.linkMoved({ targetBps, videoDelay }, this.#now());
  }

  #sendBack(run: () => void): void {
    this.#events.after(this.#options.oneWayMs * 1000, run);
  }

  #tick(): void {
    const now = this.#now();
    this.#control.tick(now);
    const { targetBps } = this.#control;
    const videoDelay = this.#control.videoDelay(now);
    const demand = this.#options.isSpectator === true ? undefined : { targetBps, videoDelay };
    this.#steering.follow(demand, PICTURE, now);
    this.#wire.wake();
    this.#record.ticks.push({
      atMs: this.#events.now / 1000,
      targetBps,
      capacityBps: this.#told.capacityBps,
      queueMs: this.#told.queue / 1000,
      backlogMs: videoDelay / 1000,
      heldMs: this.#backlog.takeWorst(this.#control.acknowledgingTakes, now) / 1000,
    });
  }
}

function compete(
  events: EventQueue,
  path: Bottleneck,
  competingBps: (atMs: number) => number,
): void {
  const bytes = 1_250;
  const next = (): void => {
    const bps = competingBps(events.now / 1000);
    if (bps > 0) path.enter(bytes);
    events.after(bps > 0 ? (bytes * 8e6) / bps : 10_000, next);
  };
  next();
}

type GivenHeader = Pick<
  MessageHeader,
  'flow' | 'key' | 'captureTime' | 'budget' | 'dependency' | 'discardable'
>;

function headerOf(given: GivenHeader, seq: number): MessageHeader {
  const priority = given.flow === AUDIO ? Priority.audio : Priority.videoBase;
  return {
    epoch: false,
    recovery: false,
    late: false,
    layer: { temporal: 0, spatial: 0, priority },
    extensions: [],
    ...given,
    seq: sequence(seq),
  };
}
