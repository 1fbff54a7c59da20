import type { VideoCodecName } from '../../protocol/video-codec.ts';
import type { PatternBackground } from '../support/pattern-painter.ts';
import type { PathDirection, PathSettings } from './link.ts';
import type { ClientPath } from './network.ts';

/** How the picture travels in a run. */
export interface Variant {
  readonly label: string;
  /** Pinned; the player chooses when there is none. */
  readonly transport?: 'webtransport' | 'websocket';
  /** The player's rung, pinned; `webRtc` has a transport of its own. */
  readonly rung?: 'webRtc';
  /** Whether the gateway offers WebRTC, which it does not unless told. */
  readonly offersWebRtc?: boolean;
  /** TCP's, on the server's route. */
  readonly congestionControl?: 'bbr';
  /** How the picture is coded at the start; H.264 unless given. */
  readonly codec?: VideoCodecName;
}

/** A setting of every path that changes while the run is measured. */
export interface Change {
  /** From the beginning of the measurement. */
  readonly atMs: number;
  readonly direction: PathDirection;
  readonly settings: PathSettings;
}

/** What a run is held against. Delays are one-way, capture to complete at the client, in milliseconds. */
export interface Goals {
  readonly videoP95Ms?: number;
  readonly audioP95Ms?: number;
  readonly audioP99Ms?: number;
  /** From the browser's event to the desktop, p95. */
  readonly inputP95Ms?: number;
  readonly settledDownMs?: number;
  readonly settledUpMs?: number;
  /** Of what the encoder wants; at least. */
  readonly utilisation?: number;
  readonly bitrateBps?: number;
  readonly framesPerSecond?: number;
  readonly freezesPerMinute?: number;
  /** Only these variants are held against the goals; all when there are none. */
  readonly of?: readonly string[];
  /** How many times lower p95 of video is than that of a rival on the kernel's default congestion control. */
  readonly timesBetter?: number;
}

/** A network, and what happens on it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The paths of the viewers; the first one to come controls the desktop. */
  readonly viewers: readonly ClientPath[];
  readonly variants: readonly Variant[];
  /** In a measurement of so many milliseconds. */
  readonly changes?: (durationMs: number) => readonly Change[];
  /** Somebody beside the viewers makes the encoder send a keyframe so often. */
  readonly keyframesEveryMs?: number;
  /** What is behind the painted pattern; text that scrolls unless given. */
  readonly background?: PatternBackground;
  /** What the path alone takes one way, without queues and jitter. */
  readonly oneWayMs: number;
  readonly goals: Goals;
  /** Whether senders of other designs are measured on the same path. */
  readonly hasRivals: boolean;
  /** Labels of the variants that a quick look at the lab runs. */
  readonly quick: readonly string[];
  /** A measurement takes so long at least, unless it is a quick one. */
  readonly leastMs?: number;
  /** Before it so much time passes at least, quick or not. */
  readonly leastWarmUpMs?: number;
}

const MBIT = 1e6;
const BOTH: readonly Variant[] = [
  { label: 'webtransport', transport: 'webtransport' },
  { label: 'websocket', transport: 'websocket' },
];
/** VP8 with two temporal layers, whose upper one may be left out, over both transports. */
const LAYERED: readonly Variant[] = BOTH.map(({ label, ...variant }) => ({
  ...variant,
  label: `${label}, vp8-svc`,
  codec: 'vp8-svc',
}));
const WEBRTC: Variant = { label: 'webrtc', rung: 'webRtc', offersWebRtc: true };
const CHOSEN_OF_ALL: Variant = { label: 'chosen by itself, webrtc offered', offersWebRtc: true };
const CHOSEN: Variant = { label: 'chosen by itself' };
const CHOSEN_OVER_BBR: Variant = {
  label: 'chosen by itself over bbr',
  congestionControl: 'bbr',
};
const BBR: Variant = {
  label: 'websocket over bbr',
  transport: 'websocket',
  congestionControl: 'bbr',
};

/**
 * A path with the same rate both ways. The queue holds 300 ms of the rate (RFC 8867, section 4.1), at least ten packets of full
 * size.
 */
function path(rateBps: number, oneWayMs: number, more: PathSettings = {}): ClientPath {
  const queueBytes = Math.max(15_000, (rateBps / 8) * 0.3);
  const settings: PathSettings = { rateBps, queueBytes, delayMs: oneWayMs, ...more };
  return { down: settings, up: settings };
}

/** The queue of the slower rate: a router has one size of memory, and 300 ms of the faster one would be over a second then. */
const STEP_QUEUE_BYTES = (5 * MBIT * 0.3) / 8;

/** Losses come in bursts of about five packets, 2.4 % of all: a station at the edge of its access point's reach. */
const WIFI: PathSettings = {
  jitterMs: 30,
  loss: { type: 'gilbert', toBad: 0.01, toGood: 0.2, lossGood: 0, lossBad: 0.5 },
};

/** What `npm run bench:network` runs, in this order. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'clean',
    title: '20 Mbit/s, 40 ms round trip',
    viewers: [path(20 * MBIT, 20)],
    variants: BOTH,
    oneWayMs: 20,
    goals: { videoP95Ms: 85, utilisation: 0.8 },
    hasRivals: true,
    quick: ['webtransport'],
  },
  {
    name: 'step',
    title: '20, then 5, then 20 Mbit/s, 40 ms round trip',
    viewers: [path(20 * MBIT, 20, { queueBytes: STEP_QUEUE_BYTES })],
    variants: BOTH,
    changes: (durationMs) => [
      { atMs: durationMs / 3, direction: 'ab', settings: { rateBps: 5 * MBIT } },
      { atMs: (2 * durationMs) / 3, direction: 'ab', settings: { rateBps: 20 * MBIT } },
    ],
    // A third of it is more than the 4 s within which the bitrate has to be back.
    leastMs: 14_000,
    oneWayMs: 20,
    goals: {
      videoP95Ms: 90,
      audioP95Ms: 60,
      settledDownMs: 1_500,
      settledUpMs: 4_000,
      timesBetter: 5,
    },
    hasRivals: true,
    quick: ['webtransport', 'websocket'],
  },
  {
    name: 'narrow',
    title: '5 Mbit/s, 40 ms round trip',
    viewers: [path(5 * MBIT, 20)],
    variants: BOTH,
    oneWayMs: 20,
    goals: { videoP95Ms: 90, bitrateBps: 4 * MBIT, timesBetter: 5 },
    hasRivals: true,
    quick: ['webtransport'],
  },
  {
    name: 'poor',
    title: '1 Mbit/s, 60 ms round trip',
    viewers: [path(MBIT, 30)],
    variants: BOTH,
    oneWayMs: 30,
    goals: { videoP95Ms: 140, audioP95Ms: 90 },
    hasRivals: false,
    quick: ['webtransport'],
  },
  {
    name: 'loss',
    title: '20 Mbit/s, 2 % loss each way, 40 ms round trip',
    viewers: [path(20 * MBIT, 20, { loss: { type: 'bernoulli', probability: 0.02 } })],
    variants: [...BOTH, WEBRTC, CHOSEN, CHOSEN_OF_ALL, BBR, CHOSEN_OVER_BBR],
    oneWayMs: 20,
    goals: {
      videoP95Ms: 150,
      inputP95Ms: 90,
      framesPerSecond: 50,
      freezesPerMinute: 5,
      timesBetter: 5,
      of: [CHOSEN.label, CHOSEN_OF_ALL.label, CHOSEN_OVER_BBR.label],
    },
    // The gateway looks at losses for two to three seconds, and a move takes another one: what is promised begins then.
    leastWarmUpMs: 8_000,
    hasRivals: true,
    quick: [CHOSEN.label, CHOSEN_OF_ALL.label],
  },
  {
    name: 'wifi',
    title: '20 Mbit/s, losses in bursts and up to 30 ms jitter each way, 20 ms round trip',
    viewers: [path(20 * MBIT, 10, WIFI)],
    variants: BOTH,
    oneWayMs: 10,
    goals: {},
    hasRivals: false,
    quick: [],
  },
  {
    name: 'keyframes',
    title: '10 Mbit/s, a keyframe of 200 KB every 2 s, 40 ms round trip',
    viewers: [path(10 * MBIT, 20)],
    variants: BOTH.map((variant) => ({ ...variant, codec: 'vp8' })),
    keyframesEveryMs: 2_000,
    background: 'noise',
    oneWayMs: 20,
    goals: { audioP99Ms: 40 },
    hasRivals: false,
    quick: ['websocket'],
  },
  {
    name: 'udp-dropped',
    title: '20 Mbit/s, 40 ms round trip, UDP dropped from the middle on',
    viewers: [path(20 * MBIT, 20)],
    variants: [CHOSEN],
    changes: (durationMs) => [
      { atMs: durationMs / 2, direction: 'both', settings: { udp: 'drop' } },
    ],
    oneWayMs: 20,
    goals: {},
    hasRivals: false,
    quick: [],
  },
  {
    name: 'two-viewers',
    title: 'two viewers, 20 and 2 Mbit/s, 40 ms round trip',
    viewers: [path(20 * MBIT, 20), path(2 * MBIT, 20)],
    variants: [...BOTH, ...LAYERED],
    oneWayMs: 20,
    goals: {},
    hasRivals: false,
    quick: ['webtransport, vp8-svc'],
  },
];
