/** Latency modes (docs/protocol.md, "Latency modes"): one choice of the client that fixes a set of budgets. */

import { millis, type Millis } from './time.ts';

/** The modes, from the least delay to the smoothest. */
export const latencyModeNames = ['instant', 'balanced', 'smooth', 'movie'] as const;
export type LatencyModeName = (typeof latencyModeNames)[number];

/**
 * How a client shows video:
 * - `newest`: the newest decoded frame, without any hold.
 * - `cushion`: the newest decoded frame; for 2 s after an underrun one frame is kept in hand.
 * - `jitterBuffer`: audio and video in step, through a jitter buffer.
 * - `synchronized`: audio and video in step, every frame shown at its capture time plus a constant.
 */
export const presentationNames = ['newest', 'cushion', 'jitterBuffer', 'synchronized'] as const;
export type Presentation = (typeof presentationNames)[number];

/** Budgets and buffers of a mode. */
export interface LatencyMode {
  /** Queueing delay that rate control tolerates (Dt). */
  readonly delayTarget: Millis;
  /** `budget` of video messages. */
  readonly videoBudget: Millis;
  /** `budget` of audio messages. */
  readonly audioBudget: Millis;
  /** Length of a sound packet, milliseconds, unless it is set otherwise. */
  readonly audioFrameMs: 5 | 10 | 20;
  /** Audio that the client holds before it plays; the least, where `audioBufferFollowsJitter`. */
  readonly audioBuffer: Millis;
  /** Whether the audio buffer grows to the 97th percentile of the jitter. */
  readonly audioBufferFollowsJitter: boolean;
  /** Audio beyond which the client drops down to `audioBuffer`. */
  readonly audioCap: Millis;
  readonly presentation: Presentation;
  /** The longest that video is held for the sake of audio or jitter; 0 = not at all. */
  readonly videoHold: Millis;
}

/** Every mode. The values are measured ones (one-way delays through emulated links, see the specification). */
export const latencyModes: Readonly<Record<LatencyModeName, LatencyMode>> = {
  instant: {
    delayTarget: millis(10),
    videoBudget: millis(100),
    audioBudget: millis(80),
    audioFrameMs: 5,
    audioBuffer: millis(20),
    audioBufferFollowsJitter: false,
    audioCap: millis(60),
    presentation: 'newest',
    videoHold: millis(0),
  },
  balanced: {
    delayTarget: millis(20),
    videoBudget: millis(150),
    audioBudget: millis(120),
    audioFrameMs: 10,
    audioBuffer: millis(40),
    audioBufferFollowsJitter: false,
    audioCap: millis(120),
    presentation: 'cushion',
    videoHold: millis(0),
  },
  smooth: {
    delayTarget: millis(40),
    videoBudget: millis(400),
    audioBudget: millis(250),
    audioFrameMs: 20,
    audioBuffer: millis(80),
    audioBufferFollowsJitter: true,
    audioCap: millis(200),
    presentation: 'jitterBuffer',
    videoHold: millis(150),
  },
  movie: {
    delayTarget: millis(60),
    videoBudget: millis(1000),
    audioBudget: millis(600),
    audioFrameMs: 20,
    audioBuffer: millis(200),
    audioBufferFollowsJitter: false,
    audioCap: millis(400),
    presentation: 'synchronized',
    // As long as the audio that it waits for.
    videoHold: millis(400),
  },
};
