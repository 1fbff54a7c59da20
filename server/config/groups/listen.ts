import { z } from 'zod';

/** Where the server listens and by which addresses browsers know it. */
export const listen = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe(
        'Address to listen on. Any other than a loopback address means https, unless plainHttp is on.',
      )
      .meta({ expected: 'an address such as 127.0.0.1 or 0.0.0.0' }),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(8080)
      .describe('Port for HTTP and WebSocket (TCP) and WebTransport (UDP); 0 takes any free one.'),
    publicOrigins: z
      .array(z.string().refine(isOrigin))
      .max(16)
      .default([])
      .describe(
        'Origins by which browsers reach the server through a proxy or a name, for example https://desk.example.org.',
      )
      .meta({ expected: 'origins such as https://desk.example.org, without a path' }),
    basePath: z
      .string()
      .regex(/^(\/[A-Za-z0-9._~-]+)+$/)
      .optional()
      .describe('Path under which a proxy shows the page, for example /desk.')
      .meta({ expected: 'a path such as /desk, without a slash at its end' }),
    plainHttp: z
      .boolean()
      .default(false)
      .describe(
        'Whether pages over plain http may be used from other machines (docs/browsers.md): everybody on the way reads and changes everything, passwords too.',
      ),
  })
  .prefault({})
  .meta({ title: 'Address', flat: true });

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase();
}
