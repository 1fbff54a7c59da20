import type { AudioSource, VideoSource } from '../../gst/settings.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import { captureSound } from './captured-sound.ts';
import { captureVideo } from './captured-video.ts';
import type { SoundSource } from './media-source.ts';
import { quietSound, type QuietSound } from './quiet-sound.ts';
import { receiveSound, receiveVideo } from './rtp-input.ts';
import type { SwitchingVideo } from './switching-video.ts';

/** What there is to capture. */
export interface MediaPlace {
  /** Undefined where another program encodes. */
  readonly video: VideoSource | undefined;
  readonly audio: AudioSource | undefined;
  /** Environment of the encoders. */
  readonly env: Readonly<Record<string, string>>;
}

/** The picture of the gateway, encoded here or elsewhere. */
export async function openVideo(
  config: Config,
  { video, env }: MediaPlace,
  logger: Logger,
): Promise<SwitchingVideo> {
  if (video === undefined) return receiveVideo(config, logger);
  return captureVideo(config, { source: video, env }, logger);
}

/** The sound of the gateway, encoded here or elsewhere; undefined without any. */
export async function openSound(
  config: Config,
  { audio, env }: MediaPlace,
  logger: Logger,
): Promise<SoundSource | undefined> {
  if (config.source === 'rtp') return receiveSound(config, logger);
  return audio && captureSound(config, { source: audio, env }, logger);
}

/** Lets that sound rest while nobody plays; undefined where it never falls silent, as a test tone. */
export function openQuiet(
  sound: SoundSource | undefined,
  { audio, env }: MediaPlace,
): QuietSound | undefined {
  return sound && audio?.type === 'pulse' ? quietSound(sound, env) : undefined;
}
