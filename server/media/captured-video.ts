import { codecsOf, encoderByName, selectEncoder, type EncoderName } from '../../gst/encoders.ts';
import { probeEncoders } from '../../gst/probe.ts';
import { requireAddon } from '../../gst/require-addon.ts';
import type { VideoSource } from '../../gst/settings.ts';
import { formatOf } from '../../gst/video-codec.ts';
import { videoPipeline } from '../../gst/video-pipeline.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import { requireXSocket } from './awaited-sockets.ts';
import { startMediaSource } from './media-source.ts';
import { SwitchingVideo, type RunningVideo } from './switching-video.ts';

/** What is captured, and where. */
export interface CapturedVideo {
  readonly source: VideoSource;
  /** Environment of the encoder: the display's cookie. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Captures and encodes the picture, with any encoder that works here.
 *
 * @throws Error when none works for the codec of the settings, or none can, since this installation is not complete
 */
export async function captureVideo(
  { video }: Pick<Config, 'video'>,
  captured: CapturedVideo,
  logger: Logger,
): Promise<SwitchingVideo> {
  requireAddon();
  const available = await probeEncoders();
  const { codec: first, encoder: wanted } = video;
  if (selectEncoder({ codec: first, wanted }, available) === undefined) {
    throw new Error(
      `video.encoder: expected one of ${available.join(', ') || 'none that is installed'} for ${first}, ` +
        `got ${wanted}; install gstreamer1.0-plugins-ugly for x264enc`,
    );
  }
  const others = codecsOf(available).filter((codec) => codec !== first);
  return new SwitchingVideo({
    codecs: [first, ...others],
    start: (codec) => {
      const choice = { codec, wanted: codec === first ? wanted : 'auto' } as const;
      const encoder = selectEncoder(choice, available);
      if (encoder === undefined)
        throw new RangeError(`codec: expected one of those offered, got ${codec}`);
      return startEncoder(encoder, { ...video, captured, logger });
    },
    logger,
  });
}

interface EncoderParts extends Pick<Config['video'], 'frameRate' | 'bitrateKbps'> {
  readonly captured: CapturedVideo;
  readonly logger: Logger;
}

function startEncoder(
  encoder: EncoderName,
  { frameRate, bitrateKbps, captured, logger }: EncoderParts,
): RunningVideo {
  const { source: shown, env } = captured;
  const { codec, bitrateUnit, bitrateProperty, keyframeBy } = encoderByName(encoder);
  logger.info('encoder chosen', { codec, encoder, frameRate, bitrateKbps });
  const source = startMediaSource({
    name: 'video',
    codec: formatOf(codec),
    description: () => {
      if (shown.type === 'x11') requireXSocket(shown.display);
      return videoPipeline({ source: shown, frameRate, encoder, bitrateKbps });
    },
    bitrateUnit,
    bitrateProperty,
    keyframeBy,
    env,
    canRest: shown.type === 'x11',
    logger,
  });
  return { name: codec, encoder, source };
}
