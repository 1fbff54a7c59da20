import { z } from 'zod';

/** Where sound comes from and how it is coded. */
export const audio = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether sound is sent.'),
    device: z
      .string()
      .min(1)
      .optional()
      .describe(
        'PulseAudio source to listen to, with source display; the default output unless given.',
      ),
    frameMs: z
      .union([z.literal(5), z.literal(10), z.literal(20)])
      .optional()
      .describe(
        'Length of a sound packet: 5 for the least delay, 10 for a fifth less work, 20 for fewer bytes; what the latency mode says unless given.',
      )
      .meta({ unit: 'ms', expected: '5, 10 or 20' }),
    bitrateBps: z
      .int()
      .min(6_000)
      .max(510_000)
      .default(128_000)
      .describe('Bitrate of the sound (Opus).')
      .meta({ unit: 'bit/s' }),
  })
  .prefault({})
  .meta({ title: 'Sound' });
