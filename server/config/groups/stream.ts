import { z } from 'zod';

import { latencyModeNames } from '../../../protocol/latency-mode.ts';
import {
  qualityNames,
  streamRanges,
  streamSettingNames,
  type RangedName,
} from '../../../protocol/stream-settings.ts';

/** What users find set when they come, and what the operator lets them change. */
export const stream = z
  .strictObject({
    mode: z
      .enum(latencyModeNames)
      .default('balanced')
      .describe('Latency mode of users who have chosen none.'),
    quality: z
      .enum(qualityNames)
      .default('text')
      .describe(
        'What gives way first on a slow link, unless a user says otherwise: text gives up frames, motion gives up sharpness.',
      ),
    locked: z
      .array(z.enum(streamSettingNames))
      .max(streamSettingNames.length)
      .default([])
      .describe('Settings of the stream that no user can change.')
      .meta({ expected: `names among ${streamSettingNames.join(', ')}` }),
    minScale: z
      .number()
      .min(streamRanges.scale.least)
      .max(1)
      .default(streamRanges.scale.least)
      .describe('The least factor on width and height of the picture that a user can set.')
      .meta({ expected: 'a number from 0.25 to 1' }),
    maxAudioBitrateKbps: upTo('audioBitrateKbps', 320)
      .describe('Bitrate of the sound that a user can set at most.')
      .meta({ unit: 'kbit/s' }),
    maxDelayTargetMs: upTo('delayTargetMs', 200)
      .describe('Queueing delay that the custom mode of a user may tolerate at most.')
      .meta({ unit: 'ms' }),
    maxVideoBudgetMs: upTo('videoBudgetMs', 2_000)
      .describe('How old a picture may become in the custom mode of a user at most.')
      .meta({ unit: 'ms' }),
    maxAudioBudgetMs: upTo('audioBudgetMs', 2_000)
      .describe('How old a sound packet may become in the custom mode of a user at most.')
      .meta({ unit: 'ms' }),
  })
  .prefault({})
  .meta({ title: 'Settings of the stream' });

/** The most that a user can set of something whose widest range is fixed. */
function upTo(name: Exclude<RangedName, 'scale'>, byDefault: number) {
  const { least, most } = streamRanges[name];
  return z.int().min(least).max(most).default(byDefault);
}
