import { z } from 'zod';

import { MIN_TOKEN_CHARACTERS } from './token-length.ts';

/** Whom the server tells of sessions that begin and end. */
export const hooks = z
  .strictObject({
    afterConnect: z
      .string()
      .min(1)
      .optional()
      .describe('Program to run after a session has begun: no shell, no arguments, at most 10 s.')
      .meta({ path: true }),
    afterDisconnect: z
      .string()
      .min(1)
      .optional()
      .describe('Program to run after a session has ended.')
      .meta({ path: true }),
    webhookUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where events of sessions are posted as JSON.')
      .meta({ expected: 'an address that begins with https:// or http://' }),
    webhookSecret: z
      .string()
      .min(MIN_TOKEN_CHARACTERS)
      .optional()
      .describe('Key of the signature of these events (HMAC-SHA-256).')
      .meta({ secret: true, expected: `at least ${MIN_TOKEN_CHARACTERS} characters` }),
    webhookSecretFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the key; one line break at its end is ignored.')
      .meta({ path: true }),
  })
  .prefault({})
  .meta({ title: 'Hooks' });
