import { z } from 'zod';

import { MIN_TOKEN_CHARACTERS } from './token-length.ts';

/** Where metrics are served. */
export const metrics = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Whether metrics are served, on a port of their own, at /metrics (Prometheus).'),
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to serve them on. Any other than a loopback address needs a token.')
      .meta({ expected: 'an address such as 127.0.0.1 or 0.0.0.0' }),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(9464)
      .describe('TCP port to serve them on; 0 takes any free one.'),
    token: z
      .string()
      .min(MIN_TOKEN_CHARACTERS)
      .optional()
      .describe('Bearer token that a collector has to send.')
      .meta({ secret: true, expected: `at least ${MIN_TOKEN_CHARACTERS} characters` }),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the token; one line break at its end is ignored.')
      .meta({ path: true }),
  })
  .prefault({})
  .meta({ title: 'Metrics' });
