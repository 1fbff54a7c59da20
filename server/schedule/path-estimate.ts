import type { ReportUnit } from '../../protocol/control/report.ts';
import type { Micros, Millis } from '../../protocol/time.ts';
import type { AckSample } from '../transport/transport.ts';

/** What is known of the path to one viewer. */
export interface LinkEstimateSnapshot {
  /** What the path can carry, bits per second of data units; 0 before the first acknowledgement. */
  readonly bandwidthBps: number;
  /**
   * What trains of packets show that the path can carry, however little is sent, bits per second; 0 while none did.
   */
  readonly capacityBps: number;
  /** What was acknowledged in the last 150 ms, bits per second: no more than the capacity, less when little was sent. */
  readonly ackRateBps: number;
  /** The shortest round trip of 10 s, the peer's delay of acknowledgements taken off. */
  readonly minRtt: Micros;
  /** Smoothed by 1/8. */
  readonly smoothedRtt: Micros;
  /** How much longer than at best data is under way, one way, smoothed by 1/4. */
  readonly queueDelay: Micros;
  /**
   * What each of the three newest messages waited at least. A client that was busy, and a packet that TCP had to repeat, make a queue of
   * what came meanwhile, of which the newest waited for next to nothing.
   */
  readonly newestDelay: Micros;
  /** What all of the newest messages waited at least: no more than this is sure to be a queue. */
  readonly leastDelay: Micros;
  /** How long what is sent now will wait on the path (PathQueue), 0 while that is unknown. */
  readonly standing: Micros;
  /** What is sent waits for the client's acknowledgements, and so for a client that is busy. */
  readonly isAcknowledged: boolean;
  /** Nothing comes back although something is under way: TCP repeats what was lost, or the client is busy. What waits, waits for that. */
  readonly isStalled: boolean;
  /** The window still opens: nothing has shown yet where the bandwidth ends. */
  readonly isProbing: boolean;
  /** Bytes that may be unacknowledged. */
  readonly windowBytes: number;
}

/**
 * What a session asks about the path to its viewer: LinkEstimate where units are acknowledged, ReportEstimate where the
 * client's reports are all there is.
 */
export interface PathEstimate {
  /** A data unit of `bytes` was handed to the wire. */
  onSent(bytes: number, now: Micros): void;
  /** The wire would take more, and there is nothing to send. */
  onIdle(): void;
  onAck(sample: AckSample): void;
  /** What the client says of the messages that it got. */
  onReport(unit: ReportUnit, now: Micros): void;
  /** Another queueing delay is accepted from now on (Dt of the latency mode). */
  setDelayTarget(delayTarget: Millis): void;
  /** The estimate at `now`, which is not before the last call's. */
  snapshot(now: Micros): LinkEstimateSnapshot;
}
