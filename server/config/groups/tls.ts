import { z } from 'zod';

/** The certificate of HTTPS. */
export const tls = z
  .strictObject({
    certificateFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'PEM file with the certificate and its intermediates; with a key file it turns https on. Both are read again when they change.',
      )
      .meta({ path: true }),
    keyFile: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file with the private key of the certificate, unencrypted.')
      .meta({ path: true }),
  })
  .prefault({})
  .meta({ title: 'TLS' });
