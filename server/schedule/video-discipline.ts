import type { MessageHeader } from '../../protocol/message.ts';
import type { OutboundMessage } from '../transport/transport.ts';
import type { DependencyChain } from './dependency-chain.ts';
import type { Discipline, QueueState } from './discipline.ts';
import {
  isChainHopeless,
  CLEAR_PATH_US,
  isDiscardableExpired,
  KEYFRAME_LEAD_US,
  SPECTATOR_WAIT_US,
  supersededBy,
  transferTimeUs,
  upperLayerExcess,
  type DropReason,
} from './drop-policy.ts';
import { finishBy, type MessageLine, type Waiting } from './message-line.ts';
import { videoBoundBytes, type QueueBounds } from './queue-bounds.ts';

/**
 * How video waits. The line holds at most two keyframes: one being sent and the newest one.
 *
 *     [begun KEY or P] [P P P: superseded] [KEY] [P P P]
 *
 * A begun keyframe is always finished, however late: otherwise a link that needs longer for a keyframe than the time
 * between two would never show a picture.
 */
export class VideoDiscipline implements Discipline {
  readonly #line: MessageLine;
  readonly #chain: DependencyChain;
  readonly #bounds: QueueBounds;

  constructor(line: MessageLine, chain: DependencyChain, bounds: QueueBounds) {
    this.#line = line;
    this.#chain = chain;
    this.#bounds = bounds;
  }

  get needsKeyframe(): boolean {
    return this.#chain.awaitingKey;
  }

  push(message: OutboundMessage, state: QueueState): void {
    const { header, payload } = message;
    if (!header.key && this.#overflows(payload.byteLength, state)) this.#cut('overflow');
    if (state.aheadUs !== undefined && this.#outwaits(message, state.aheadUs, state)) {
      this.#refuse(message, header.key ? 'superseded' : 'chainLate');
      return;
    }
    if (!this.#chain.admits(header, payload.byteLength, state.encoderBps)) {
      this.#refuse(message, 'dependencyLost');
      return;
    }
    if (header.key) this.#supersede(payload.byteLength, state);
    if (this.#overflows(payload.byteLength, state)) this.#refuse(message, 'overflow');
    else this.#line.append(message, state.now);
  }

  expire(state: QueueState): void {
    const hasExpired = this.#dropExpired(state);
    const hasOutpaced = this.#dropOutpaced(state);
    if (hasExpired || hasOutpaced) this.#dropOrphans();
    this.#dropSuperseded(state);
    this.#cutIfHopeless(state);
    if (state.aheadUs !== undefined) this.#cutIfOutwaited(state);
  }

  #overflows(bytes: number, state: QueueState): boolean {
    const bound = videoBoundBytes(this.#bounds, state.link, this.#chain.keyframeBytes);
    const room = Math.min(state.roomBytes, bound - this.#line.bytes);
    return bytes > room || this.#line.length >= state.maxMessages;
  }

  /**
   * Whether a picture would wait too long on a link that the encoder does not follow. A keyframe that another one still keeps waiting is
   * asked for anew when that one is nearly through: it shows what there is then.
   */
  #outwaits({ header, payload }: OutboundMessage, aheadUs: number, { link }: QueueState): boolean {
    const waiting = this.#line.waiting();
    if (header.key) {
      const [head] = waiting;
      if (head === undefined || !isKept(head)) return false;
      return transferTimeUs(head.remainingBytes, link.bandwidthBps) > KEYFRAME_LEAD_US;
    }
    if (this.#chain.awaitingKey) return false;
    const needed = waiting.filter((frame) => !isSpare(frame));
    const bytes = needed.reduce((sum, { remainingBytes }) => sum + remainingBytes, 0);
    const ownUs = transferTimeUs(bytes + payload.byteLength, link.bandwidthBps);
    return Math.max(0, aheadUs - CLEAR_PATH_US) + ownUs > SPECTATOR_WAIT_US;
  }

  /** What was expected to be through in time is not: the link carries less than it seemed to. */
  #cutIfOutwaited({ now }: QueueState): void {
    const waiting = this.#line.waiting();
    const oldest = waiting.find((frame) => !frame.header.key && !isSpare(frame));
    if (oldest !== undefined && now - oldest.queuedAt > SPECTATOR_WAIT_US) this.#cut('chainLate');
  }

  /** A message that does not enter; without it the chain goes on only if nothing depends on it. */
  #refuse(message: OutboundMessage, reason: DropReason): void {
    this.#line.refuse(message, reason);
    this.#chain.lose(message.header);
    if (!message.header.discardable) this.#chain.break();
  }

  /** A keyframe arrives: keyframes that wait are replaced at once, frames in front get a moment to finish. */
  #supersede(bytes: number, state: QueueState): void {
    const { now, link, fragmentBytes } = state;
    let replaced = false;
    this.#line.drop('superseded', ({ header, begun }) => {
      replaced ||= header.key && !begun;
      return replaced;
    });
    if (this.#overflows(bytes, state)) this.#line.drop('superseded', (frame) => !isKept(frame));
    this.#line.supersede(supersededBy(now, fragmentBytes, link));
  }

  #dropExpired({ now, link }: QueueState): boolean {
    const before = this.#line.length;
    this.#line.drop('expired', ({ header, remainingBytes, begun }) => {
      const times = { finishBy: finishBy(header, link), remainingBytes, begun };
      const expired = header.discardable && !header.key && isDiscardableExpired(times, now, link);
      if (expired) this.#chain.lose(header);
      return expired;
    });
    return this.#line.length < before;
  }

  /**
   * Pictures of an upper layer in front of a newer base picture, while too much waits. Without them a link that carries the base
   * layer shows it soon; waiting for their deadlines would fill the whole budget first, and cut the chain.
   */
  #dropOutpaced({ link, aheadUs = 0 }: QueueState): boolean {
    let excess = upperLayerExcess(this.#line.bytes, aheadUs, link);
    if (excess <= 0) return false;
    const before = this.#line.length;
    const newestBase = this.#line.waiting().findLastIndex(({ header }) => !header.discardable);
    this.#line.drop('superseded', (frame, index) => {
      const { header, remainingBytes } = frame;
      if (!isSpare(frame) || index > newestBase || excess <= 0) return false;
      excess -= remainingBytes;
      this.#chain.lose(header);
      return true;
    });
    return this.#line.length < before;
  }

  /** What was admitted before its reference expired: only a frame whose reference was wrongly called discardable. */
  #dropOrphans(): void {
    const orphans: MessageHeader[] = [];
    this.#line.drop('dependencyLost', ({ header, begun }) => {
      const isOrphan = !begun && this.#chain.isOrphan(header);
      if (isOrphan) {
        this.#chain.lose(header);
        orphans.push(header);
      }
      return isOrphan;
    });
    if (orphans.some(({ discardable }) => !discardable)) this.#cut('dependencyLost');
  }

  #dropSuperseded({ now, fragmentBytes }: QueueState): void {
    this.#line.drop('superseded', (frame) => {
      const finishing = frame.begun && frame.remainingBytes <= fragmentBytes;
      return now > frame.supersededBy && !isKept(frame) && !finishing;
    });
  }

  #cutIfHopeless({ now, link, isPathLong, encoderBps }: QueueState): void {
    const head = this.#line.waiting().find(({ header }) => !header.discardable || header.key);
    if (!head || head.header.key) return;
    const chain = {
      oldestFinishBy: finishBy(head.header, link),
      oldestQueuedAt: head.queuedAt,
      isPathLong,
      queuedBytes: this.#line.bytes,
      keyframeBytes: this.#chain.keyframeBytesAt(encoderBps),
    };
    if (isChainHopeless(chain, now)) this.#cut('chainLate');
  }

  /** Drops to the newest keyframe; when that one is the first already, or there is none, to the next that comes. */
  #cut(reason: DropReason): void {
    const frames = this.#line.waiting();
    const key = frames.findLastIndex(({ header }) => header.key);
    if (key > 0) {
      this.#line.drop(reason, (frame, index) => index < key && !isKept(frame));
      return;
    }
    if (key === -1 || frames.length > 1) this.#chain.break();
    this.#line.drop(reason, (_, index) => index !== key);
  }
}

/** A picture that makes room for any base picture. */
const isSpare = ({ header, begun }: Waiting): boolean =>
  header.discardable && !header.key && !begun;

/** A begun keyframe is never dropped in favour of another. */
const isKept = ({ header, begun }: Waiting): boolean => header.key && begun;
