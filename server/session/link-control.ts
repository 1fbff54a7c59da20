import type { RateUnit, ReportUnit } from '../../protocol/control/report.ts';
import { micros, millis, millisToMicros, type Micros, type Millis } from '../../protocol/time.ts';
import { DRAIN_DELAY_US, DRAIN_SHARE } from '../schedule/rate-constants.ts';
import { BesideRate } from '../schedule/beside-rate.ts';
import type { DeadlineQueue } from '../schedule/deadline-queue.ts';
import { LinkEstimate } from '../schedule/link-estimate.ts';
import { paceOf } from '../schedule/long-picture.ts';
import type { LinkEstimateSnapshot, PathEstimate } from '../schedule/path-estimate.ts';
import {
  RateControl,
  type RateDecision,
  type RateInput,
  type RateState,
} from '../schedule/rate-control.ts';
import { ReportEstimate } from '../schedule/report-estimate.ts';
import type { AckSample, ServerTransport, TransportStats } from '../transport/transport.ts';
import type { CarriedSample } from './carried-seconds.ts';

/** Between two RATE units at least: they are for people to read. */
const RATE_INTERVAL = millisToMicros(millis(100));

/** RATE is sent when the capacity has changed by this share or the queue by this time; else when target or state did. */
const CAPACITY_CHANGE = 0.05;
const QUEUE_CHANGE = millisToMicros(millis(5));

/**
 * How often the client reports. Where reports are the only measure, each tick of rate control sees two new ones; where
 * acknowledgements measure the path they only show its capacity.
 */
const REPORT_INTERVAL = { measuring: millis(20), showing: millis(50) };

/** What ACK_CFG says where nothing is acknowledged, and before the transport fills in its own; from the draft. */
const ACK_BYTES = 2_800;
const ACK_DELAY = millis(5);

/** What of the path's queue is no reason to make pictures wait, µs: what a pacer puts there itself (transport/pacer.ts). */
const STANDING_US = 12_000;

/** How often the stack below is asked for its round trip. */
const STATS_INTERVAL = millisToMicros(millis(500));

/**
 * Where acknowledgements measure the path the kernel is asked only while the link limits the picture, and less and less often: asking
 * costs a process of 15 ms. A second at first, since seconds are what is judged; half a minute at last.
 */
const RARE_STATS_INTERVAL = { first: millisToMicros(millis(1_000)), most: 30e6, growth: 1.25 };

/** A target below this share of what is wanted is a limit, as for the choice of a transport. */
const LIMITED_SHARE = 0.8;

export interface LinkControlOptions {
  readonly transport: Pick<ServerTransport, 'kind' | 'setWindow' | 'stats' | 'sendControl'>;
  readonly queue: DeadlineQueue;
  /** Dt of the latency mode. */
  readonly delayTarget: Millis;
  /** What the encoder makes without any control, and the most that it may make. */
  readonly maxBps: number;
  /** The first target, at most `maxBps`. */
  readonly startBps: number;
}

/**
 * What one viewer's link carries and what follows from it: the transport's window, the queue's idea of time, the target of
 * rate control, and the RATE units that show them.
 */
export class LinkControl {
  readonly #options: LinkControlOptions;
  readonly #reports: ReportEstimate | undefined;
  readonly #path: PathEstimate;
  readonly #rate: RateControl;
  readonly #beside = new BesideRate();
  #maxBps: number;
  /** What may be sent where the peer does not tell of arrivals, see WireFeedback. */
  #limitBps: number | undefined;
  #targetBps: number;
  /** The most telling thing that rate control did since the last RATE. */
  #state: RateState = 'hold';
  #told: RateUnit | undefined;
  #toldAt = -Infinity;
  #statsAt = -Infinity;
  #isAsking = false;
  #rareInterval: number = RARE_STATS_INTERVAL.first;
  #stats: TransportStats = {};
  #deliveredBps = 0;
  #minRtt = micros(0);
  #snapshot: LinkEstimateSnapshot | undefined;

  constructor(options: LinkControlOptions) {
    const { transport, delayTarget, maxBps, startBps } = options;
    this.#options = options;
    this.#maxBps = maxBps;
    const isReported = transport.kind === 'webtransport' || transport.kind === 'webrtc';
    this.#reports = isReported ? new ReportEstimate({ delayTarget }) : undefined;
    this.#path = this.#reports ?? new LinkEstimate({ delayTarget });
    this.#rate = new RateControl({ delayTarget, startBps, maxBps, isWindowed: !isReported });
    this.#targetBps = Math.min(startBps, maxBps);
    const reportInterval = this.#reports ? REPORT_INTERVAL.measuring : REPORT_INTERVAL.showing;
    transport.sendControl({
      type: 'ackConfig',
      bytes: ACK_BYTES,
      maxDelay: ACK_DELAY,
      reportInterval,
    });
  }

  /** What the encoder should produce for this link, bits per second. */
  get targetBps(): number {
    return this.#targetBps;
  }

  /** What an acknowledgement takes at best; 0 where the stack below tells at once what it took. */
  get acknowledgingTakes(): Micros {
    return this.#reports === undefined ? this.#minRtt : micros(0);
  }

  /** What the link carries at the moment. */
  get carried(): CarriedSample {
    const { lostPackets = 0, sentPackets = 0, rttUs = 0 } = this.#stats;
    const stack = { lostPackets, sentPackets, rttUs };
    return {
      targetBps: this.#targetBps,
      wantedBps: this.#maxBps,
      deliveredBps: this.#deliveredBps,
      ...stack,
    };
  }

  /** The path as it was last looked at. */
  get path(): LinkEstimateSnapshot | undefined {
    return this.#snapshot;
  }

  /** Payload that is no picture was handed to the wire: the encoder's target leaves room for it. */
  sentBeside(bytes: number, now: Micros): void {
    this.#beside.sent(bytes, now);
  }

  /** Another queueing delay is accepted from now on. */
  setDelayTarget(delayTarget: Millis): void {
    this.#path.setDelayTarget(delayTarget);
    this.#rate.setDelayTarget(delayTarget);
  }

  /** What the encoder may make at most, from now on. */
  setMaxBps(maxBps: number, now: Micros): void {
    this.#maxBps = maxBps;
    this.#rate.setMaxBps(Math.min(maxBps, this.#limitBps ?? Infinity), now);
  }

  /** The wire has a limit of its own; undefined: none any more. */
  limited(bps: number | undefined, now: Micros): void {
    this.#limitBps = bps;
    this.setMaxBps(this.#maxBps, now);
  }

  sent(bytes: number, now: Micros): void {
    this.#path.onSent(bytes, now);
  }

  /** The transport has room, and nothing waits. */
  idle(): void {
    this.#path.onIdle();
  }

  acknowledged(sample: AckSample): void {
    this.#path.onAck(sample);
    this.#learn(this.#follow(sample.now), sample.now);
  }

  reported(unit: ReportUnit, now: Micros): void {
    this.#path.onReport(unit, now);
    this.#learn(this.#follow(now), now);
  }

  /** How long the pictures that wait here will wait, and the next one with them: for each other, and for the path's queue to become short. */
  videoDelay(now: Micros): Micros {
    const { standing } = this.#path.snapshot(now);
    return micros(this.#options.queue.videoDelay() + Math.max(0, standing - STANDING_US));
  }

  /** Lets time pass, every 50 ms: decides the target. */
  tick(now: Micros): void {
    const { transport } = this.#options;
    this.#askForStats(now);
    const snapshot = this.#follow(now);
    this.#obey(this.#rate.tick(this.#inputOf(snapshot, now), now));
    this.#deliveredBps = snapshot.ackRateBps;
    this.#snapshot = snapshot;
    const unit: RateUnit = {
      type: 'rate',
      targetBps: this.#targetBps,
      capacityBps: snapshot.bandwidthBps,
      queue: snapshot.queueDelay < 0 ? (0 as Micros) : snapshot.queueDelay,
      state: this.#state,
    };
    if (now - this.#toldAt < RATE_INTERVAL || !isNews(unit, this.#told)) return;
    this.#told = unit;
    this.#toldAt = now;
    this.#state = 'hold';
    transport.sendControl(unit);
  }

  #learn(snapshot: LinkEstimateSnapshot, now: Micros): void {
    this.#obey(this.#rate.learn(this.#inputOf(snapshot, now), now));
  }

  #inputOf(snapshot: LinkEstimateSnapshot, now: Micros): RateInput {
    const videoDelay = this.#options.queue.videoDelay();
    const input = { ...snapshot, videoDelay, besideBps: this.#beside.bps(now) };
    const limit = this.#limitBps;
    // Of arrivals nothing is known: what may be sent stands for them.
    return limit === undefined ? input : { ...input, ackRateBps: Math.min(limit, this.#maxBps) };
  }

  #obey({ targetBps, state }: RateDecision): void {
    this.#targetBps = targetBps;
    this.#options.queue.setEncoderRate(targetBps);
    if (weight[state] > weight[this.#state]) this.#state = state;
  }

  #follow(now: Micros): ReturnType<PathEstimate['snapshot']> {
    const { queue, transport } = this.#options;
    const estimate = this.#path.snapshot(now);
    queue.updateLink(estimate);
    this.#minRtt = estimate.minRtt;
    const { windowBytes, ...pace } = paceOf(
      { ...estimate, capacityBps: this.#pacedBps(estimate) },
      queue.pictureDelay(),
    );
    transport.setWindow(windowBytes, { ...estimate, ...pace });
    return estimate;
  }

  /**
   * Where feedback comes too seldom to know what stands on the path (SendRates.standing), a queue is emptied by sending less than the path
   * carries for as long.
   */
  #pacedBps({ capacityBps, ackRateBps, queueDelay }: LinkEstimateSnapshot): number {
    const { kind } = this.#options.transport;
    if (kind !== 'webrtc' || queueDelay <= DRAIN_DELAY_US) return capacityBps;
    return DRAIN_SHARE * Math.min(capacityBps, ackRateBps);
  }

  #askForStats(now: Micros): void {
    const reports = this.#reports;
    const interval = reports === undefined ? this.#rareInterval : STATS_INTERVAL;
    if (this.#isAsking || now - this.#statsAt < interval) return;
    if (reports === undefined) {
      if (this.#targetBps >= LIMITED_SHARE * this.#maxBps) return;
      const { growth, most } = RARE_STATS_INTERVAL;
      this.#rareInterval = Math.min(most, growth * this.#rareInterval);
    }
    this.#statsAt = now;
    this.#isAsking = true;
    this.#options.transport.stats().then(
      (stats) => {
        const { rttUs } = stats;
        this.#isAsking = false;
        this.#stats = stats;
        if (rttUs !== undefined && rttUs > 0) reports?.onRoundTrip(rttUs, now);
      },
      () => {
        // The session below has ended: there is nothing to know, and nobody asks again.
      },
    );
  }
}

const weight: Readonly<Record<RateState, number>> = { hold: 0, increase: 1, decrease: 2 };

/** Whether a person would see the difference. */
const isNews = (unit: RateUnit, told: RateUnit | undefined): boolean =>
  unit.targetBps !== told?.targetBps ||
  unit.state !== told.state ||
  Math.abs(unit.queue - told.queue) >= QUEUE_CHANGE ||
  Math.abs(unit.capacityBps - told.capacityBps) > CAPACITY_CHANGE * told.capacityBps;
