import type { SoundLink } from '../network/network-messages.ts';
import type { UserSettings } from '../settings/user-settings.ts';
import type { AudioStats, SoundState } from '../stats/player-stats.ts';

/** The page's end of a way for the sound. Sound never passes through the page's thread where that can be helped. */
export interface SoundPath {
  /** For the network worker; undefined when this browser has no such way. */
  readonly link: SoundLink | undefined;
  readonly state: SoundState;
  readonly stats: AudioStats;
  /** Tries to begin; where a gesture is needed, `resume` begins later. Never rejects. */
  start(): Promise<void>;
  /** Call inside a user gesture. Never rejects. */
  resume(): Promise<void>;
  /** Plays by other settings from now on. */
  apply(settings: UserSettings): void;
  /** How late sound comes, ms. */
  setJitter(jitterMs: number): void;
  /** What was played lately, where measurements were asked for; samples of one channel. */
  recording(): Promise<{ samples: Float32Array; sampleRate: number } | undefined>;
  /** Idempotent. */
  close(): void;
}

/** Takes the sound packets of a session in the network worker. */
export interface PacketSink {
  readonly counters: { readonly errors: number };
  /** @param facts `missing`: packets lost just before; `captureTime`: session clock, µs */
  decode(
    packet: Uint8Array,
    facts: { readonly missing: number; readonly captureTime: number },
  ): void;
  /** A new stream follows. */
  reset(): void;
  close(): void;
}
