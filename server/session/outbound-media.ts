import { encodeCursorImage } from './pointer-message.ts';
import type { ClipboardPart } from '../../protocol/clipboard-outbox.ts';
import type { ReportUnit } from '../../protocol/control/report.ts';
import { Priority, type FlowId, type PriorityValue } from '../../protocol/flow.ts';
import type { SendingMode } from '../../protocol/stream-settings.ts';
import type { MessageHeader } from '../../protocol/message.ts';
import { changedBefore, queuedAfter } from '../../protocol/figure-extension.ts';
import { micros, millis, type Micros } from '../../protocol/time.ts';
import type { AccessUnit } from '../ingest/access-unit.ts';
import { DeadlineQueue } from '../schedule/deadline-queue.ts';
import type { LinkEstimateSnapshot } from '../schedule/path-estimate.ts';
import type { DropCounters } from '../schedule/drop-policy.ts';
import { SenderBacklog } from '../schedule/sender-backlog.ts';
import type { Clock } from '../session-clock.ts';
import type {
  AckSample,
  Piece,
  PieceLimit,
  PieceSource,
  ServerTransport,
} from '../transport/transport.ts';
import { DecodablePictures } from './decodable-pictures.ts';
import type { LinkDemand } from './encoder-steering.ts';
import { LinkControl } from './link-control.ts';
import { AUDIO_FLOW, CLIPBOARD_FLOW, MediaFlows, POINTER_FLOW, VIDEO_FLOW } from './media-flows.ts';
import { SendTimes, type OnSent } from './send-times.ts';
import type { CarriedSample } from './carried-seconds.ts';
import type { PointerImage } from './viewer-desktop.ts';

/** `layer` has three bits for it. */
const MAX_TEMPORAL_LAYER = 7;

/** Pictures of an upper layer give way to those of the base layer, and to everything that does. */
const priorityOf = ({ temporalLayer }: AccessUnit): PriorityValue =>
  temporalLayer === 0 ? Priority.videoBase : Priority.videoUpper;

/** The connection, what its client decodes and asked for, and whom its wishes reach. */
export interface OutboundMediaOptions {
  readonly transport: ServerTransport;
  readonly clock: Clock;
  /** Budgets at first; `setMode` changes them. */
  readonly mode: SendingMode;
  /** Codec strings that the client decodes (`video` of HELLO). */
  readonly decodes: readonly string[];
  readonly video: { readonly codec: string; readonly width: number; readonly height: number };
  readonly sound: { readonly frameMs: number } | undefined;
  /** What the encoder makes at most, bits per second. */
  readonly maxVideoBps: number;
  /** What rate control begins with, bits per second. */
  readonly startVideoBps: number;
  /** Whether the encoder makes what this link carries. */
  isFollowed(): boolean;
  /** `mostBytes`: the largest that the link takes in time; Infinity where the encoder follows it. */
  requestKeyframe(cause: 'client' | 'queue', mostBytes: number): void;
  /** Told of each picture that was handed to the wire to its end. */
  readonly onSent: OnSent;
}

/** What was sent, and what was not, since the connection joined. */
export interface MediaTotals {
  /** Pictures and packets that were handed to the wire to their end. */
  readonly pictures: number;
  readonly sounds: number;
  /** Of every kind. */
  readonly dropped: DropCounters;
}

/**
 * One viewer's media: numbers the access units, tags them with their deadlines, keeps them in the viewer's deadline
 * queue, and hands them to the transport piece by piece when the transport asks.
 */
export class OutboundMedia implements PieceSource {
  readonly #options: OutboundMediaOptions;
  readonly #queue: DeadlineQueue;
  readonly #link: LinkControl;
  readonly #backlog = new SenderBacklog();
  readonly #times: SendTimes;
  readonly #flows: MediaFlows;
  #mode: SendingMode;
  readonly #decodable: DecodablePictures;
  #isVideoShown = true;
  #pictures = 0;
  #sounds = 0;

  constructor(options: OutboundMediaOptions) {
    this.#options = options;
    const { mode } = options;
    this.#mode = mode;
    this.#queue = new DeadlineQueue();
    this.#times = new SendTimes(options.onSent);
    this.#link = new LinkControl({
      transport: options.transport,
      queue: this.#queue,
      delayTarget: mode.delayTarget,
      maxBps: options.maxVideoBps,
      startBps: options.startVideoBps,
    });
    this.#flows = new MediaFlows({ ...options, queue: this.#queue });
    this.#decodable = new DecodablePictures(options.decodes, options.video.codec);
  }

  /** Bytes that wait here; the transport's own are not counted. */
  get queuedBytes(): number {
    return this.#queue.queuedBytes;
  }

  /** What this link asks of the encoder. */
  get demand(): LinkDemand {
    const now = this.#options.clock.now();
    return { targetBps: this.#link.targetBps, videoDelay: this.#link.videoDelay(now) };
  }

  /** What this link carries at the moment. */
  get carried(): CarriedSample {
    return this.#link.carried;
  }

  /** What is known of the path. */
  get path(): LinkEstimateSnapshot | undefined {
    return this.#link.path;
  }

  get totals(): MediaTotals {
    return { pictures: this.#pictures, sounds: this.#sounds, dropped: this.#queue.drops };
  }

  /** For how long there has been nothing but pictures that the client cannot decode, µs. */
  darkFor(now: Micros): number {
    return this.#decodable.darkFor(now);
  }

  /** Other budgets and another delay on the link from the next message on; what waits keeps its deadline. */
  setMode(mode: SendingMode): void {
    const before = this.#mode;
    this.#mode = mode;
    this.#link.setDelayTarget(mode.delayTarget);
    this.#flows.rebudget(before, mode);
  }

  /** Without pictures nothing but video stops; the first one after a pause is a keyframe, which is asked for. */
  setVideoShown(isShown: boolean): void {
    if (isShown === this.#isVideoShown) return;
    this.#isVideoShown = isShown;
    this.#flows.tell(VIDEO_FLOW, 'pause', isShown ? 0 : 1);
    if (!isShown) return;
    this.#decodable.interrupted();
    this.keyframeRequested();
  }

  /** What the encoder may make at most, bits per second, from now on. */
  setMaxVideoBps(maxBps: number, now: Micros): void {
    this.#link.setMaxBps(maxBps, now);
  }

  /** @param changedBefore see DesktopAudience */
  accessUnit(unit: AccessUnit, changedBefore?: Micros): void {
    if (unit.kind === 'video') this.#video(unit, changedBefore);
    else this.#audio(unit);
  }

  pointer(image: PointerImage): void {
    const header = this.#flows.header(POINTER_FLOW, Priority.interface, {
      key: true,
      captureTime: this.#options.clock.now(),
      budget: millis(0),
    });
    this.#push(header, encodeCursorImage(image));
  }

  /** Opens the flow of the clipboard. Call once. */
  openClipboard(): void {
    this.#flows.openClipboard();
  }

  /** The next part of what was copied. The receiver's credit bounds what waits here. */
  clipboard({ payload, ...given }: ClipboardPart): void {
    const dependency = given.key ? 0 : 1;
    const fields = { ...given, dependency, budget: millis(0) };
    this.#push(this.#flows.header(CLIPBOARD_FLOW, Priority.interface, fields), payload);
  }

  next(now: Micros, limit: PieceLimit): Piece | undefined {
    const piece = this.#queue.next(now, limit);
    this.#settle();
    if (piece === undefined && !limit.urgentOnly) this.#link.idle();
    if (piece !== undefined) {
      const { flow, seq } = piece.message.header;
      this.#backlog.taken(flow, seq, piece.last);
    }
    if (piece !== undefined && piece.message.header.flow !== VIDEO_FLOW) {
      this.#link.sentBeside(piece.bytes.byteLength, now);
    }
    if (piece?.message.header.flow === VIDEO_FLOW) {
      this.#times.wrote(piece.message.header.seq, piece, now);
    }
    if (piece?.last === true) this.#count(piece.message.header.flow);
    return piece;
  }

  /** A viewer whose decoder lost its references: nothing but a keyframe helps. */
  keyframeRequested(): void {
    this.#options.requestKeyframe('client', this.#queue.keyframeBytes);
  }

  sent(bytes: number, now: Micros): void {
    this.#backlog.handed(bytes);
    // Packets of tracks leave as they are made; what the peer tells of them comes a round trip and a pause of its own later.
    if (this.#options.transport.kind === 'webrtc') this.#backlog.left(Infinity, micros(0), now);
    this.#link.sent(bytes, now);
  }

  acknowledged(sample: AckSample): void {
    this.#backlog.left(sample.cumulativeBytes, this.#link.acknowledgingTakes, sample.now);
    this.#link.acknowledged(sample);
  }

  /** How old the oldest message was that waited here or in the wire since the last call, µs (SenderBacklog). */
  takeBacklog(now: Micros): number {
    return this.#backlog.takeWorst(this.#link.acknowledgingTakes, now);
  }

  reported(unit: ReportUnit, now: Micros): void {
    this.#link.reported(unit, now);
  }

  /** See WireFeedback. */
  limited(bps: number | undefined, now: Micros): void {
    this.#link.limited(bps, now);
  }

  /** Lets time pass, for rate control and for what waits while nothing is acknowledged. */
  tick(now: Micros): void {
    this.#queue.setFollowed(this.#options.isFollowed());
    this.#link.tick(now);
    this.#options.transport.wake();
  }

  #video(unit: AccessUnit, waited: Micros | undefined): void {
    const { clock } = this.#options;
    if (!this.#isVideoShown || !this.#decodable.take(unit, clock.now())) return;
    const captureTime = clock.fromMonotonicNanos(unit.captureTime);
    const extensions = [
      queuedAfter.write(micros(Math.max(0, clock.now() - captureTime))),
      ...(waited === undefined ? [] : [changedBefore.write(waited)]),
      ...this.#decodable.codecChange(unit),
    ];
    const header = this.#flows.header(VIDEO_FLOW, priorityOf(unit), {
      key: unit.key,
      captureTime,
      extensions,
      budget: this.#mode.videoBudget,
      discardable: unit.discardable,
      dependency: unit.dependency,
      epoch: unit.discontinuity,
      temporalLayer: Math.min(unit.temporalLayer, MAX_TEMPORAL_LAYER),
    });
    this.#push(header, unit.data);
  }

  #audio(unit: AccessUnit): void {
    const header = this.#flows.header(AUDIO_FLOW, Priority.audio, {
      key: true,
      captureTime: this.#options.clock.fromMonotonicNanos(unit.captureTime),
      budget: this.#mode.audioBudget,
      epoch: unit.discontinuity,
    });
    this.#push(header, unit.data);
  }

  #push(header: MessageHeader, payload: Uint8Array): void {
    const now = this.#options.clock.now();
    this.#backlog.queued(header.flow, header.seq, now);
    if (header.flow === VIDEO_FLOW) this.#times.queued(header.seq, now);
    this.#queue.push({ header, payload }, now);
    this.#settle();
    this.#options.transport.wake();
  }

  /** Tells the peer and the transport what the queue gave up, and asks the encoder for what it needs. */
  #settle(): void {
    for (const { flow, first, count, reason } of this.#queue.takeAbandoned()) {
      this.#backlog.abandoned(flow, first, count);
      this.#options.transport.sendControl({ type: 'abandon', flow, first, count, reason });
      this.#options.transport.abandon(flow, first, count, reason);
    }
    if (this.#queue.takeKeyframeWanted())
      this.#options.requestKeyframe('queue', this.#queue.keyframeBytes);
  }

  #count(flow: FlowId): void {
    if (flow === VIDEO_FLOW) this.#pictures += 1;
    else if (flow === AUDIO_FLOW) this.#sounds += 1;
  }
}
