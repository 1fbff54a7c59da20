import { Priority } from '../../../protocol/flow.ts';
import { micros, millis } from '../../../protocol/time.ts';
import { DeadlineQueue } from '../../../server/schedule/deadline-queue.ts';
import { LinkEstimate } from '../../../server/schedule/link-estimate.ts';
import { RateControl } from '../../../server/schedule/rate-control.ts';
import { EncoderRate } from '../../../server/schedule/encoder-rate.ts';
import type { Piece } from '../../../server/transport/transport.ts';
import { AUDIO, message, ms, VIDEO } from './messages.ts';

/** A path of one bottleneck that never loses anything, as TCP shows it: what does not fit waits. */
export interface SimulationOptions {
  /** Capacity at a moment, bits per second. */
  readonly capacityBps: (atMs: number) => number;
  readonly rttMs: number;
  readonly durationMs: number;
  /** Whether the encoder follows the rate control; otherwise it keeps `startBps`. */
  readonly isControlled?: boolean;
  readonly startBps?: number;
  /** Sizes of the frames, by the time of capture, in the place of an encoder; 0 = no frame. */
  readonly frameBytes?: (atMs: number) => number;
  readonly maxBps?: number;
  /** Bits per second of somebody else's traffic that fills the bottleneck's queue, in bursts of a packet. */
  readonly competingBps?: (atMs: number) => number;
}

export interface SimulationResult {
  /** Milliseconds from capture to completely received, of each frame that arrived. */
  readonly video: readonly { readonly capturedMs: number; readonly latencyMs: number }[];
  readonly audio: readonly { readonly capturedMs: number; readonly latencyMs: number }[];
  readonly framesCaptured: number;
  /** Payload bits that arrived per second, by second. */
  readonly throughputBps: readonly number[];
  readonly targetBps: readonly number[];
}

interface OnLink {
  /** Undefined for a packet of somebody else. */
  readonly piece: Piece | undefined;
  readonly bytes: number;
  readonly sentUs: number;
}

const FRAME_MS = 1000 / 60;
const HEAD_BYTES = 40;
const PACKET_BYTES = 1_250;
const DELAY_TARGET = millis(20);
const BUDGET_MS = 150;

/** Numbers between 0 and 1 that are the same in every run. */
const randomNumbers = (): (() => number) => {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Runs one session over the path in steps of a millisecond: encoder, queue, window, bottleneck, acknowledgements. */
export const simulate = (options: SimulationOptions): SimulationResult => {
  const { capacityBps, rttMs, durationMs, isControlled = true, startBps = 8e6 } = options;
  const { frameBytes, maxBps = 30e6, competingBps = () => 0 } = options;
  const queue = new DeadlineQueue();
  queue.openFlow(VIDEO, { kind: 'video', priority: Priority.videoBase });
  queue.openFlow(AUDIO, { kind: 'audio', priority: Priority.audio });
  const estimate = new LinkEstimate({ delayTarget: DELAY_TARGET });
  const control = new RateControl({ delayTarget: DELAY_TARGET, startBps, maxBps });
  const encoder = new EncoderRate(startBps);
  const random = randomNumbers();
  const bottleneck: OnLink[] = [];
  const arriving: { readonly atMs: number; readonly item: OnLink }[] = [];
  const acks: {
    readonly atMs: number;
    readonly cumulative: number;
    readonly sentUs: number;
    readonly receivedUs: number;
  }[] = [];
  const video: { capturedMs: number; latencyMs: number }[] = [];
  const audio: { capturedMs: number; latencyMs: number }[] = [];
  const throughputBps = new Array<number>(Math.ceil(durationMs / 1000)).fill(0);
  const targetBps: number[] = [];
  let snapshot = estimate.snapshot(ms(0));
  let encoderBps = startBps;
  let [sent, acknowledged, received, unacknowledged] = [0, 0, 0, 0];
  let [videoSeq, audioSeq, nextFrameMs, credit] = [0, 0, 0, 0];
  let needsKey = true;
  let competing = 0;

  for (let at = 0; at < durationMs; at++) {
    const now = ms(at);
    // Capture and encode; the gate skips a frame while more than 25 ms wait.
    if (at >= nextFrameMs) {
      nextFrameMs += FRAME_MS;
      if (queue.videoDelay() <= 25_000) {
        needsKey ||= queue.takeKeyframeWanted();
        const mean = encoderBps / 8 / 60;
        const encoded = Math.round(mean * (needsKey ? 6 : 0.6 + 0.8 * random()));
        const bytes = frameBytes?.(at) ?? encoded;
        if (bytes > 0) {
          queue.push(
            message(videoSeq++, { key: needsKey, bytes, capture: now, budget: BUDGET_MS }),
            now,
          );
          needsKey = false;
        }
      }
    }
    if (at % 10 === 0) {
      queue.push(message(audioSeq++, { flow: AUDIO, bytes: 160, capture: now, budget: 120 }), now);
    }
    // Send what the window takes.
    for (;;) {
      const inFlight = sent - acknowledged;
      if (inFlight >= snapshot.windowBytes + 3_000) break;
      const maxBytes = Math.min(16_384, Math.max(1_200, Math.round(snapshot.bandwidthBps / 4_000)));
      const piece = queue.next(now, { maxBytes, urgentOnly: inFlight >= snapshot.windowBytes });
      if (!piece) {
        if (inFlight < snapshot.windowBytes) estimate.onIdle();
        break;
      }
      const bytes = piece.bytes.byteLength + HEAD_BYTES;
      sent += bytes;
      estimate.onSent(bytes, now);
      bottleneck.push({ piece, bytes, sentUs: now });
    }
    queue.takeAbandoned();
    for (competing += competingBps(at) / 8_000; competing >= PACKET_BYTES;) {
      competing -= PACKET_BYTES;
      bottleneck.push({ piece: undefined, bytes: PACKET_BYTES, sentUs: now });
    }
    // The bottleneck serves a millisecond's worth.
    credit = Math.min(credit + capacityBps(at) / 8_000, 20_000);
    for (let head = bottleneck[0]; head && head.bytes <= credit; head = bottleneck[0]) {
      credit -= head.bytes;
      bottleneck.shift();
      arriving.push({ atMs: at + rttMs / 2, item: head });
    }
    if (bottleneck.length === 0) credit = Math.min(credit, 1_500);
    // The client receives, and acknowledges every 2,800 bytes or 5 ms.
    let newest: OnLink | undefined;
    for (let first = arriving[0]; first && first.atMs <= at; first = arriving[0]) {
      arriving.shift();
      if (!first.item.piece) continue;
      newest = first.item;
      received += newest.bytes;
      unacknowledged += newest.bytes;
      const { last, bytes, message: arrived } = first.item.piece;
      const { header } = arrived;
      const second = Math.floor(at / 1000);
      throughputBps[second] = (throughputBps[second] ?? 0) + bytes.byteLength * 8;
      if (!last) continue;
      const capturedMs = header.captureTime / 1000;
      (header.flow === AUDIO ? audio : video).push({ capturedMs, latencyMs: at - capturedMs });
    }
    if (newest && (unacknowledged >= 2_800 || at % 5 === 0)) {
      unacknowledged = 0;
      acks.push({
        atMs: at + rttMs / 2,
        cumulative: received,
        sentUs: newest.sentUs,
        receivedUs: now,
      });
    }
    // Acknowledgements come back.
    for (let ack = acks[0]; ack && ack.atMs <= at; ack = acks[0]) {
      acks.shift();
      const bytes = ack.cumulative - acknowledged;
      acknowledged = ack.cumulative;
      estimate.onAck({
        bytes,
        cumulativeBytes: acknowledged,
        sentAt: micros(ack.sentUs),
        receivedAt: micros(ack.receivedUs + 77_000_000),
        hold: micros(0),
        now,
      });
    }
    snapshot = estimate.snapshot(now);
    queue.updateLink(snapshot);
    if (at % 50 === 0) {
      const decision = control.tick(
        { ...snapshot, videoDelay: queue.videoDelay(), besideBps: 0 },
        now,
      );
      targetBps.push(decision.targetBps);
      if (isControlled) encoderBps = encoder.follow(decision.targetBps, now) ?? encoderBps;
    }
  }
  const framesCaptured = Math.floor(durationMs / FRAME_MS);
  return { video, audio, framesCaptured, throughputBps, targetBps };
};

export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Infinity;
};
