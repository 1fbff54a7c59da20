import { Priority, type FlowId, type FlowKindName, type Sequence } from '../../protocol/flow.ts';
import { micros, type Micros, type Millis } from '../../protocol/time.ts';
import type { OutboundMessage, Piece, PieceLimit, PieceSource } from '../transport/transport.ts';
import { AbandonedLog, type Abandoned } from './abandoned.ts';
import { DependencyChain } from './dependency-chain.ts';
import { simpleDisciplines, type Discipline, type QueueState } from './discipline.ts';
import {
  abandonReason,
  CLEAR_PATH_US,
  KEYFRAME_LEAD_US,
  promptKeyframeBytes,
  transferTimeUs,
  zeroDropCounters,
  type DropCounters,
  type DropLink,
} from './drop-policy.ts';
import type { LinkEstimateSnapshot } from './path-estimate.ts';
import { MessageLine } from './message-line.ts';
import { defaultQueueBounds, type QueueBounds } from './queue-bounds.ts';
import { ReservedShare } from './reserved-share.ts';
import { VideoDiscipline } from './video-discipline.ts';

/** How a flow is queued. */
export interface QueuedFlowOptions {
  readonly kind: FlowKindName;
  /** Strict: a higher one goes first (Priority). */
  readonly priority: number;
}

interface QueuedFlow extends QueuedFlowOptions {
  readonly line: MessageLine;
  readonly discipline: Discipline;
  lastSeq: number;
}

/** Microseconds between two requests for a keyframe, from the draft: an encoder makes at most four of them a second. */
const KEYFRAME_REQUEST_INTERVAL_US = 250_000;

/**
 * When one has been missing for so long it is asked for whatever stands on the path, microseconds: a capacity that was measured far too low makes the sound
 * alone look like a queue. As long as nobody takes a picture for a frozen one that will not move again (a guess).
 */
const LONGEST_MISSING_US = 1_000_000;

/** Payload bytes of a fragment before a transport has asked for one. */
const FIRST_FRAGMENT_BYTES = 1_200;

/**
 * What one viewer is sent next, and what never: strict priorities, deadlines, dependency chains and bounds. Pure: time
 * is an argument. The messages' payloads are shared and never written to. After each `push` and `next` its owner takes
 * what was abandoned and tells the peer, before the piece that `next` returned is written.
 */
export class DeadlineQueue implements PieceSource {
  readonly #flows = new Map<FlowId, QueuedFlow>();
  readonly #bounds: QueueBounds;
  readonly #abandoned = new AbandonedLog();
  readonly #share = new ReservedShare();
  readonly #drops = zeroDropCounters();
  #link: DropLink = { bandwidthBps: 0, minRttUs: 0 };
  #fragmentBytes = FIRST_FRAGMENT_BYTES;
  /** What waits on the path beyond this machine, µs. */
  #pathDelayUs = 0;
  /** How long what is sent now will wait there, µs. */
  #standingUs = 0;
  #isAcknowledged = true;
  #isFollowed = true;
  #encoderBps = 0;
  #keyframeWanted = false;
  #keyframeAskedAt = -Infinity;
  #missingSince: Micros | undefined;

  constructor({ bounds = defaultQueueBounds }: { readonly bounds?: QueueBounds } = {}) {
    this.#bounds = bounds;
  }

  /** Unsent payload bytes of all flows. */
  get queuedBytes(): number {
    return this.#sumBytes(() => true);
  }

  /** Messages dropped so far, by reason. */
  get drops(): DropCounters {
    return { ...this.#drops };
  }

  /** Throws RangeError when the flow is open already. */
  openFlow(flow: FlowId, { kind, priority }: QueuedFlowOptions): void {
    if (this.#flows.has(flow)) throw new RangeError(`flow ${flow}: expected a new flow, is open`);
    const line = new MessageLine(({ seq }, reason, begun) => {
      this.#drops[reason] += 1;
      this.#abandoned.add({ flow, seq, reason: abandonReason[reason], begun });
    });
    const discipline =
      kind === 'video'
        ? new VideoDiscipline(line, new DependencyChain(), this.#bounds)
        : simpleDisciplines[kind](line);
    this.#flows.set(flow, { kind, priority, line, discipline, lastSeq: -1 });
  }

  /** Abandons what is queued on the flow; an unknown flow is ignored. */
  closeFlow(flow: FlowId): void {
    this.#flows.get(flow)?.line.drop('closed', () => true);
    this.#flows.delete(flow);
  }

  /**
   * Queues a message or refuses it, which counts as abandoned. Throws RangeError for a flow that is not open and for
   * a sequence that does not grow.
   */
  push(message: OutboundMessage, now: Micros): void {
    const { flow, seq } = message.header;
    const queued = this.#flows.get(flow);
    if (!queued) throw new RangeError(`flow ${flow}: expected an open flow`);
    if (seq <= queued.lastSeq) {
      throw new RangeError(`flow ${flow} seq: expected more than ${queued.lastSeq}, is ${seq}`);
    }
    queued.lastSeq = seq;
    queued.discipline.push(message, this.#state(queued, now));
    this.#askForKeyframe(now);
  }

  next(now: Micros, { maxBytes, urgentOnly }: PieceLimit): Piece | undefined {
    this.#fragmentBytes = maxBytes;
    for (const queued of this.#flows.values()) queued.discipline.expire(this.#state(queued, now));
    this.#askForKeyframe(now);
    const chosen = this.#choose(maxBytes, urgentOnly);
    const piece = chosen?.line.take(maxBytes, now, this.#link);
    if (chosen && piece) {
      this.#share.onSent(chosen.priority, piece.bytes.byteLength, this.#waitingPriorities());
    }
    return piece;
  }

  /** Gives `count` messages from `first` on a new budget, as far as they are not begun; 0 removes the deadline. */
  revise(flow: FlowId, first: Sequence, { count, budget }: Revision): void {
    this.#flows.get(flow)?.line.revise(first, count, budget);
  }

  /** What was abandoned since the last call. */
  takeAbandoned(): readonly Abandoned[] {
    return this.#abandoned.take();
  }

  /** True once for each keyframe that is wanted: a video flow has none to go on from. At most every 250 ms. */
  takeKeyframeWanted(): boolean {
    const wanted = this.#keyframeWanted;
    this.#keyframeWanted = false;
    return wanted;
  }

  updateLink(snapshot: LinkEstimateSnapshot): void {
    const { bandwidthBps, minRtt, queueDelay, standing, isAcknowledged } = snapshot;
    this.#link = { bandwidthBps, minRttUs: minRtt };
    this.#standingUs = standing;
    this.#isAcknowledged = isAcknowledged;
    this.#pathDelayUs = Math.max(0, queueDelay);
  }

  /**
   * Whether the encoder makes what this link carries, as it does at first. If not, no picture waits for longer than SPECTATOR_WAIT_US, and
   * what a link cannot carry of the stream is not sent.
   */
  setFollowed(isFollowed: boolean): void {
    this.#isFollowed = isFollowed;
  }

  /** What the encoder is asked for where it follows this link, bits per second: a keyframe costs as much of it as the last ones did. */
  setEncoderRate(bps: number): void {
    this.#encoderBps = bps;
  }

  /** The largest keyframe that should be made for this link; Infinity where that is the encoder's business. */
  get keyframeBytes(): number {
    return this.#isFollowed ? Infinity : promptKeyframeBytes(this.#link);
  }

  /** How long the link needs for the video that is queued: what the gate before the encoder compares with 25 ms. */
  videoDelay(): Micros {
    const bytes = this.#sumBytes(({ kind }) => kind === 'video');
    return micros(transferTimeUs(bytes, this.#link.bandwidthBps));
  }

  /** The same of the picture alone that is sent now, or next. */
  pictureDelay(): Micros {
    let bytes = 0;
    for (const { kind, line } of this.#flows.values())
      if (kind === 'video') bytes = Math.max(bytes, line.headBytes ?? 0);
    return micros(transferTimeUs(bytes, this.#link.bandwidthBps));
  }

  #state(queued: QueuedFlow, now: Micros): QueueState {
    const { maxBytes, maxMessages } = this.#bounds;
    // Half of the queue at most for what is not video, so that a large clipboard never shuts the picture out.
    const others = this.#sumBytes(({ kind }) => kind !== 'video');
    const free = maxBytes - this.queuedBytes;
    const roomBytes =
      queued.kind === 'video' ? free : Math.min(free, Math.floor(maxBytes / 2) - others);
    const fragmentBytes = this.#fragmentBytes;
    const aheadUs = this.#isFollowed ? undefined : this.#pathDelayUs;
    const encoderBps = this.#isFollowed ? this.#encoderBps : 0;
    const isPathLong = !this.#isAcknowledged || this.#standingUs > KEYFRAME_LEAD_US;
    const path = { link: this.#link, aheadUs, isPathLong, encoderBps };
    return { now, ...path, fragmentBytes, roomBytes, maxMessages };
  }

  #choose(maxBytes: number, urgentOnly: boolean): QueuedFlow | undefined {
    const ready = [...this.#flows.values()].filter(({ line }) => line.length > 0);
    ready.sort((a, b) => b.priority - a.priority);
    const first = ready[0];
    if (!first || first.priority >= Priority.audio) return first;
    if (urgentOnly) return undefined;
    const owed = ready.find(({ priority, line }) =>
      this.#share.pays(priority, Math.min(maxBytes, line.headBytes ?? 0)),
    );
    return owed ?? first;
  }

  #waitingPriorities(): ReadonlySet<number> {
    const waiting = new Set<number>();
    for (const { line, priority } of this.#flows.values()) if (line.length) waiting.add(priority);
    return waiting;
  }

  #askForKeyframe(now: Micros): void {
    const isMissing = [...this.#flows.values()].some(({ discipline }) => discipline.needsKeyframe);
    this.#missingSince = isMissing ? (this.#missingSince ?? now) : undefined;
    if (now - this.#keyframeAskedAt < KEYFRAME_REQUEST_INTERVAL_US) return;
    if (!this.#isPathClear(now)) return;
    for (const { discipline, line } of this.#flows.values()) {
      const busyUs = transferTimeUs(line.bytes, this.#link.bandwidthBps);
      if (!discipline.needsKeyframe || busyUs > KEYFRAME_LEAD_US) continue;
      this.#keyframeWanted = true;
      this.#keyframeAskedAt = now;
    }
  }

  /** Whether a keyframe that is made now would not stand on the path for long. */
  #isPathClear(now: Micros): boolean {
    if (!this.#isFollowed) return this.#pathDelayUs <= CLEAR_PATH_US;
    const isOverdue = now - (this.#missingSince ?? now) > LONGEST_MISSING_US;
    return isOverdue || this.#standingUs <= KEYFRAME_LEAD_US;
  }

  #sumBytes(counts: (flow: QueuedFlow) => boolean): number {
    let bytes = 0;
    for (const queued of this.#flows.values()) if (counts(queued)) bytes += queued.line.bytes;
    return bytes;
  }
}

/** Which messages get which budget. */
export interface Revision {
  readonly count: number;
  /** Milliseconds from capture; 0 = no deadline. */
  readonly budget: Millis;
}
