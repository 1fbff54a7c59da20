import { isIP } from 'node:net';

import { z } from 'zod';

import { parseRtpAddress } from '../rtp-address.ts';

/** Where a stream that another program has encoded comes in. */
export const rtp = z
  .strictObject({
    video: rtpAddress().describe(
      'Where the picture comes in: unix:/path.sock or tcp:host:port with RFC 4571 framing, or udp:host:port.',
    ),
    audio: rtpAddress().describe('Where the sound (Opus) comes in; there is none unless given.'),
    videoCodec: z
      .enum(['h264', 'vp8', 'vp9'])
      .default('h264')
      .describe('How the sender codes the picture.'),
    videoPayloadType: payloadType().default(96).describe('RTP payload type of the picture.'),
    audioPayloadType: payloadType().default(97).describe('RTP payload type of the sound.'),
    videoSsrc: ssrc().describe('SSRC of the picture; needed for udp, where no other is taken.'),
    audioSsrc: ssrc().describe('SSRC of the sound; needed for udp, where no other is taken.'),
    sender: z
      .string()
      .refine((text) => isIP(text) !== 0)
      .optional()
      .describe('Address of the sender; needed for udp, where no other is listened to.')
      .meta({ expected: 'an IP address' }),
    remote: z
      .boolean()
      .default(false)
      .describe(
        'Whether it may listen on other addresses than loopback: whoever reaches them is shown.',
      ),
  })
  .prefault({})
  .meta({ title: 'RTP from elsewhere' });

/** Where RTP comes in. */
function rtpAddress() {
  return z
    .string()
    .refine((text) => parseRtpAddress(text) !== undefined)
    .optional()
    .meta({ expected: 'unix:/path, tcp:host:port or udp:host:port' });
}

/** A dynamic payload type (RFC 3551, section 6). */
function payloadType() {
  return z.int().min(96).max(127);
}

function ssrc() {
  return z.int().min(0).max(0xffff_ffff).optional();
}
