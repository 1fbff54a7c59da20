import {
  defaultStreamSettings,
  streamRanges,
  type StreamSettings,
} from '../../protocol/stream-settings.ts';
import type { Config } from '../config/schema.ts';
import type { StreamRules } from './stream-rules.ts';

/** What the configuration says about the settings of streams. */
export function streamRules({ stream, video, audio }: Config): StreamRules {
  const defaults: StreamSettings = {
    ...defaultStreamSettings,
    mode: stream.mode,
    quality: stream.quality,
    audioFrameMs: audio.frameMs ?? 'auto',
  };
  const upTo = (name: keyof typeof streamRanges, most: number) => ({
    [name]: { least: Math.min(streamRanges[name].least, most), most },
  });
  return {
    defaults,
    policy: {
      locked: stream.locked,
      ranges: {
        ...streamRanges,
        scale: { least: stream.minScale, most: 1 },
        ...upTo('maxBitrateKbps', video.bitrateKbps),
        ...upTo('maxFrameRate', video.frameRate),
        ...upTo('audioBitrateKbps', stream.maxAudioBitrateKbps),
        ...upTo('delayTargetMs', stream.maxDelayTargetMs),
        ...upTo('videoBudgetMs', stream.maxVideoBudgetMs),
        ...upTo('audioBudgetMs', stream.maxAudioBudgetMs),
      },
    },
  };
}
