import { z } from 'zod';

/** Whether WebRTC is offered, where its peers connect to, and whose pages may play. */
export const webrtc = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Whether WebRTC is offered, to the page and by WHEP to players (docs/webrtc.md): its library is linked with an OpenSSL at the end of its life.',
      ),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe(
        'UDP port of all WebRTC peers; without it the one after the port for HTTP, or any free one where that is taken.',
      ),
    udp: z
      .boolean()
      .default(true)
      .describe(
        'Whether peers may come by UDP; without it they come by TCP alone, to the port for HTTP, and the UDP port is for this machine only.',
      ),
    addresses: z
      .array(z.union([z.ipv4(), z.ipv6()]))
      .max(8)
      .default([])
      .describe(
        'Addresses under which peers reach that port and the one for HTTP, where they are not those of this machine: behind a proxy or NAT.',
      )
      .meta({ expected: 'IP addresses such as 203.0.113.7' }),
    corsOrigins: z
      .array(z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text))
      .max(16)
      .default([])
      .describe('Origins of other pages whose players may use WHEP.')
      .meta({ expected: 'origins such as https://player.example.org, without a path' }),
  })
  .prefault({})
  .meta({ title: 'WebRTC' });
