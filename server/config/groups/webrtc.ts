import { z } from 'zod';

import { MIN_TOKEN_CHARACTERS } from './token-length.ts';

/** RFC 7064 and RFC 7065, with what names a host without surprises: a name, an IPv4 address or an IPv6 address in brackets. */
const ICE_SERVER =
  /^(stuns?:(?<stun>[\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?|turns?:(?<turn>[\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?)$/i;

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
    iceServers: z
      .array(z.string().regex(ICE_SERVER))
      .max(8)
      .default([])
      .describe('STUN and TURN servers that peers may use; there are none unless given.')
      .meta({ expected: 'addresses such as turn:turn.example.org:3478?transport=udp' }),
    turnSecret: z
      .string()
      .min(MIN_TOKEN_CHARACTERS)
      .optional()
      .describe(
        'Secret shared with the TURN servers (use-auth-secret of coturn): peers get credentials of 10 minutes made with it.',
      )
      .meta({ secret: true, expected: `at least ${MIN_TOKEN_CHARACTERS} characters` }),
    turnSecretFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the secret; one line break at its end is ignored.')
      .meta({ path: true }),
    corsOrigins: z
      .array(z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text))
      .max(16)
      .default([])
      .describe('Origins of other pages whose players may use WHEP.')
      .meta({ expected: 'origins such as https://player.example.org, without a path' }),
  })
  .prefault({})
  .meta({ title: 'WebRTC' });
