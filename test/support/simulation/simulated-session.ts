import type { ReportEntry } from '../../../protocol/control/report.ts';
import { flowId, Priority, sequence, type FlowId } from '../../../protocol/flow.ts';
import type { MessageHeader } from '../../../protocol/message.ts';
import { micros, toMicros32, type Micros } from '../../../protocol/time.ts';
import { latencyModes } from '../../../protocol/latency-mode.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { EncoderSteering } from '../../../server/session/encoder-steering.ts';
import { LinkControl } from '../../../server/session/link-control.ts';
import { Acknowledger, type Acknowledgement } from '../../../client/transport/acknowledger.ts';
import type { Bottleneck, PathOptions } from './bottleneck.ts';
import { Bottleneck as Path } from './bottleneck.ts';
import { EventQueue, randomNumbers } from './event-queue.ts';
import { SimulatedEncoder } from './simulated-encoder.ts';
import { SimulatedStack } from './simulated-stack.ts';
import { SimulatedStream } from './simulated-stream.ts';
import type { Delivered, SimulatedWire } from './simulated-wire.ts';

/** A session over an emulated path. */
export interface SessionOptions extends PathOptions {
  readonly transport: 'websocket' | 'webtransport';
  readonly seconds: number;
  readonly seed?: number;
  /** What the encoder is set to at first, and at most. */
  readonly maxBps?: number;
  /** The encoder makes this share of what it was asked for. Default 1. */
  readonly yield?: (atMs: number) => number;
  /** A keyframe for somebody else, so often. */
  readonly keyframesEveryMs?: number;
  /** A stack that takes no loss for congestion has this window, bytes; CUBIC without. */
  readonly fixedWindowBytes?: number;
  /** Whether the desktop changes at a moment; a still one costs 200 bytes a picture. */
  readonly isMoving?: (atMs: number) => boolean;
  /** Somebody else's packets through the same bottleneck, bits per second. */
  readonly competingBps?: (atMs: number) => number;
}

/** A message that was complete at the client. */
export interface Arrival {
  readonly atMs: number;
  /** From capture until complete. */
  readonly latencyMs: number;
  readonly bytes: number;
  readonly isLate: boolean;
}

/** What was decided at one tick of 50 ms. */
export interface Tick {
  readonly atMs: number;
  readonly targetBps: number;
  /** What rate control knew. */
  readonly capacityBps: number;
  readonly queueMs: number;
  /** Pictures that wait at the sender, milliseconds of the link's time. */
  readonly backlogMs: number;
}

export interface SessionRecord {
  readonly video: readonly Arrival[];
  readonly audio: readonly Arrival[];
  readonly ticks: readonly Tick[];
  readonly captured: number;
}

const VIDEO = flowId(4);
const AUDIO = flowId(2);
const AUDIO_INTERVAL_US = 10_000;
const AUDIO_BYTES = 160;
const CLIENT_CLOCK_OFFSET = 77_000_000;

/** The client's stamps come late by up to this: its thread has other things to do. */
const CLIENT_JITTER_US = 1_500;

/**
 * Runs one session: an encoder that follows its steering, the deadline queue, link control, a transport's window over CUBIC, the path,
 * and a client that acknowledges and reports. All of it but encoder, path and stack is what the gateway runs.
 */
export async function simulateSession(options: SessionOptions): Promise<SessionRecord> {
  const events = new EventQueue();
  const random = randomNumbers(options.seed ?? 1);
  const now = (): Micros => micros(Math.round(events.now) + 1_000_000);
  const path = new Path(events, options, random);
  const maxBps = options.maxBps ?? 8e6;
  const mode = latencyModes.balanced;
  const queue = new DeadlineQueue();
  queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
  queue.openFlow(AUDIO, { kind: 'audio', priority: Priority.audio });
  const client = new Client(options.transport, random);
  const record = { video: [] as Arrival[], audio: [] as Arrival[], ticks: [] as Tick[] };
  const deliver = (delivered: Delivered): void => {
    const complete = client.take(delivered, now());
    if (complete === undefined) return;
    const { header, payload } = complete;
    (header.flow === AUDIO ? record.audio : record.video).push({
      atMs: events.now / 1000,
      latencyMs: (now() - header.captureTime) / 1000,
      bytes: payload.byteLength,
      isLate: header.late,
    });
  };
  const source = {
    next: (moment: Micros, limit: { maxBytes: number; urgentOnly: boolean }) => {
      const piece = queue.next(moment, limit);
      queue.takeAbandoned();
      if (piece?.message.header.flow === AUDIO) control.sentBeside(piece.bytes.byteLength, moment);
      if (piece === undefined && !limit.urgentOnly) control.idle();
      return piece;
    },
    sent: (bytes: number, moment: Micros) => control.sent(bytes, moment),
  };
  const begin = (delivered: Delivered): void => client.begin(delivered, now());
  const wireOptions = {
    events,
    path,
    oneWayMs: options.oneWayMs,
    fixedWindowBytes: options.fixedWindowBytes,
    random,
    now,
    source,
    begin,
    deliver,
  };
  const wire: SimulatedWire =
    options.transport === 'websocket'
      ? new SimulatedStream(wireOptions)
      : new SimulatedStack(wireOptions);
  let reportUs = 50_000;
  let told = { targetBps: maxBps, capacityBps: 0, queue: 0 };
  const control = new LinkControl({
    transport: {
      kind: options.transport,
      setWindow: (bytes, rates) => wire.setWindow(bytes, rates),
      stats: () => Promise.resolve({ rttUs: wire.rttUs }),
      sendControl: (unit) => {
        if (unit.type === 'rate') told = unit;
        if (unit.type === 'ackConfig') reportUs = unit.reportInterval * 1000;
      },
    },
    queue,
    delayTarget: mode.delayTarget,
    startBps: maxBps,
    maxBps,
  });
  const encoder = new SimulatedEncoder(events, {
    bps: maxBps,
    random,
    yield: options.yield ?? (() => 1),
    isMoving: options.isMoving ?? (() => true),
  });
  const steering = new EncoderSteering({ encoder, bitrateBps: maxBps, frameRate: 60 });
  const sequences = { [VIDEO]: 0, [AUDIO]: 0 } as Record<FlowId, number>;
  const push = (flow: FlowId, capture: number, bytes: number, key: boolean): void => {
    const seq = sequences[flow] ?? 0;
    sequences[flow] = seq + 1;
    const budget = flow === AUDIO ? mode.audioBudget : mode.videoBudget;
    const header = headerOf({ flow, seq, key, captureTime: micros(capture), budget });
    queue.push({ header, payload: new Uint8Array(bytes) }, now());
    if (queue.takeKeyframeWanted()) encoder.requestKeyframe();
    queue.takeAbandoned();
    wire.wake();
  };
  encoder.start((picture) => {
    push(VIDEO, Math.round(picture.capturedAt) + 1_000_000, picture.bytes, picture.key);
    steering.rateMade(picture.bytes, picture.key);
    const capturedAt = micros(Math.round(picture.capturedAt) + 1_000_000);
    steering.pictureQueued(capturedAt, queue.videoDelay(), now());
  });
  events.every(AUDIO_INTERVAL_US, () => push(AUDIO, now() - 2_000, AUDIO_BYTES, true));
  if (options.keyframesEveryMs !== undefined) {
    events.every(options.keyframesEveryMs * 1000, () => encoder.requestKeyframe());
  }
  events.every(5_000, () => {
    if (options.transport !== 'websocket') return;
    const ack = client.acknowledge(now());
    if (ack !== undefined) sendBack(() => acknowledged(ack));
  });
  const sendBack = (run: () => void): void => events.after(options.oneWayMs * 1000, run);
  const acknowledged = (ack: Acknowledgement): void => {
    const sample = wire.acknowledge(ack);
    if (sample === undefined) return;
    control.acknowledged(sample);
    wire.wake();
    steering.queueMoved(queue.videoDelay(), now());
  };
  client.onAckDue = () => {
    const ack = client.acknowledge(now());
    if (ack !== undefined) sendBack(() => acknowledged(ack));
  };
  events.every(reportUs, () => {
    const unit = client.report(now());
    sendBack(() => {
      control.reported(unit, now());
      wire.wake();
    });
  });
  events.every(50_000, () => {
    control.tick(now());
    steering.follow(
      { targetBps: control.targetBps, videoDelay: queue.videoDelay() },
      { width: 1280, height: 720 },
      now(),
    );
    wire.wake();
    record.ticks.push({
      atMs: events.now / 1000,
      targetBps: control.targetBps,
      capacityBps: told.capacityBps,
      queueMs: told.queue / 1000,
      backlogMs: queue.videoDelay() / 1000,
    });
  });
  events.every(1_000, () => steering.queueMoved(queue.videoDelay(), now()));
  if (options.competingBps !== undefined) compete(events, path, options.competingBps);
  for (let at = 10; at <= options.seconds * 1000; at += 10) {
    events.run(at * 1000);
    // The answer of the stack about its round trip comes in a turn of its own.
    await Promise.resolve();
  }
  return { ...record, captured: encoder.captured };
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

function headerOf(
  given: Pick<MessageHeader, 'flow' | 'key' | 'captureTime' | 'budget'> & { readonly seq: number },
): MessageHeader {
  const priority = given.flow === AUDIO ? Priority.audio : Priority.videoBase;
  return {
    discardable: false,
    dependency: given.key ? 0 : 1,
    epoch: false,
    recovery: false,
    late: false,
    layer: { temporal: 0, spatial: 0, priority },
    extensions: [],
    ...given,
    seq: sequence(given.seq),
  };
}

/** What a client says about what it receives; its clock has an offset. */
class Client {
  onAckDue: () => void = () => undefined;
  readonly #acknowledger = new Acknowledger();
  readonly #isAcknowledging: boolean;
  readonly #random: () => number;
  readonly #open = new Map<
    string,
    { readonly first: number; readonly sentAt: Micros; bytes: number }
  >();
  readonly #seen = new Set<string>();
  #entries: ReportEntry[] = [];
  #stampedAt = 0;

  constructor(transport: SessionOptions['transport'], random: () => number) {
    this.#isAcknowledging = transport === 'websocket';
    this.#random = random;
  }

  /** The first bytes of a message. */
  begin({ piece, sentAt }: Delivered, now: Micros): void {
    const { header } = piece.message;
    const name = `${header.flow}/${header.seq}`;
    if (this.#open.has(name) || this.#seen.has(name)) return;
    this.#open.set(name, { first: this.#stamp(now), sentAt, bytes: 0 });
  }

  /** Takes a piece; the message when it is complete. */
  take(delivered: Delivered, now: Micros): Delivered['piece']['message'] | undefined {
    const { piece, wireBytes, sentAt } = delivered;
    this.begin(delivered, now);
    const at = this.#stamp(now);
    const { header, payload } = piece.message;
    const name = `${header.flow}/${header.seq}`;
    const open = this.#open.get(name) ?? { first: at, sentAt, bytes: 0 };
    open.bytes += piece.bytes.byteLength;
    if (this.#isAcknowledging) {
      const sendTime = toMicros32(sentAt);
      const received = { bytes: wireBytes, sendTime, now: at + CLIENT_CLOCK_OFFSET };
      if (this.#acknowledger.received(received)) this.onAckDue();
    }
    if (open.bytes < payload.byteLength || this.#seen.has(name)) return undefined;
    this.#open.delete(name);
    this.#seen.add(name);
    this.#entries.push({
      flow: header.flow,
      seq: header.seq,
      status: 'complete',
      bytes: payload.byteLength,
      echo: toMicros32(open.sentAt),
      first: toMicros32(micros(Math.round(open.first) + CLIENT_CLOCK_OFFSET)),
      last: toMicros32(micros(Math.round(at) + CLIENT_CLOCK_OFFSET)),
    });
    return piece.message;
  }

  #stamp(now: Micros): number {
    this.#stampedAt = Math.max(this.#stampedAt, now + this.#random() * CLIENT_JITTER_US);
    return this.#stampedAt;
  }

  acknowledge(now: Micros): Acknowledgement | undefined {
    return this.#acknowledger.take(now + CLIENT_CLOCK_OFFSET);
  }

  report(now: Micros) {
    const entries = this.#entries.splice(0, 64);
    const stamp = toMicros32(micros(now + CLIENT_CLOCK_OFFSET + CLIENT_JITTER_US));
    return { type: 'report', now: stamp, entries, values: {} } as const;
  }
}
