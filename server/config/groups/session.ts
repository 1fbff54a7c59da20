import { z } from 'zod';

/** How many may connect, and for how long. */
export const session = z
  .strictObject({
    maxViewers: z
      .int()
      .min(1)
      .max(1_000)
      .default(32)
      .describe(
        'Connections to the desktop at the same time; one more is told to come back later.',
      ),
    idleSeconds: z
      .int()
      .min(0)
      .max(2_592_000)
      .default(0)
      .describe(
        'A login that may type and does not for so long is ended, after a warning; 0 never ends it.',
      )
      .meta({ unit: 's' }),
    maxSeconds: z
      .int()
      .min(0)
      .max(2_592_000)
      .default(0)
      .describe(
        'A login is ended so long after its first connection, after a warning; 0 never ends it.',
      )
      .meta({ unit: 's' }),
  })
  .prefault({})
  .meta({ title: 'Sessions', flat: true });
