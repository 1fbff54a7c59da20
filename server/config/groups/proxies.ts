import { z } from 'zod';

import { isNetwork } from '../networks.ts';

/** Which reverse proxies are believed, and in what. */
export const proxies = z
  .strictObject({
    trusted: z
      .array(z.string().refine(isNetwork))
      .max(64)
      .default([])
      .describe(
        'Addresses and networks of reverse proxies whose X-Forwarded-For, -Proto and -Host are believed (docs/proxies.md).',
      )
      .meta({ expected: 'addresses or networks such as 10.0.0.0/8' }),
    identityHeader: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/)
      .optional()
      .describe('Header in which such a proxy names who has logged in there.')
      .meta({ expected: 'the name of a header' }),
    secretFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File with the secret that such a proxy sends as X-Oriel-Proxy-Secret; one line break at its end is ignored.',
      )
      .meta({ path: true }),
    controllers: z
      .array(z.string().min(1).max(254))
      .max(1_000)
      .default([])
      .describe('Who of them gets control, * for everybody; the others watch.'),
  })
  .prefault({})
  .meta({ title: 'Reverse proxies' });
