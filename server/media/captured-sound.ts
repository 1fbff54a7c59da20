import { audioPipeline } from '../../gst/audio-pipeline.ts';
import type { AudioSource } from '../../gst/settings.ts';
import { latencyModes } from '../../protocol/latency-mode.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import { requireSoundSocket } from './awaited-sockets.ts';
import { startMediaSource, type SoundSource } from './media-source.ts';

/** What is listened to, and where. */
export interface CapturedSound {
  readonly source: AudioSource;
  /** Environment of the encoder: the sound server. */
  readonly env: Readonly<Record<string, string>>;
}

/** Captures and encodes the sound. */
export function captureSound(
  { audio, stream }: Pick<Config, 'audio' | 'stream'>,
  { source, env }: CapturedSound,
  logger: Logger,
): SoundSource {
  const { bitrateBps } = audio;
  const frameMs = audio.frameMs ?? latencyModes[stream.mode].audioFrameMs;
  return startMediaSource({
    name: 'audio',
    codec: 'opus',
    description: (chosen = frameMs) => {
      if (source.type === 'pulse') requireSoundSocket(source.server ?? process.env['PULSE_SERVER']);
      return audioPipeline({ source, frameMs: chosen, bitrateBps });
    },
    bitrateUnit: 'bps',
    env,
    canRest: source.type === 'pulse',
    logger,
  });
}
