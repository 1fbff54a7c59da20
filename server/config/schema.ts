import { isIP } from 'node:net';

import { z } from 'zod';

import { latencyModeNames } from '../../protocol/latency-mode.ts';
import {
  qualityNames,
  streamRanges,
  streamSettingNames,
  type RangedName,
} from '../../protocol/stream-settings.ts';

import type { EncoderName } from '../../gst/encoders.ts';
import type { VideoCodec } from '../../gst/video-codec.ts';
import { isNetwork } from './networks.ts';
import { parseRtpAddress } from './rtp-address.ts';

/**
 * Every setting of the server, once: its type, range, default and description. Flags, environment variables, `--help` and
 * docs/configuration.md follow from this (settings.ts), so a setting is added here and nowhere else.
 *
 * Meta of a group: `flat` leaves the group's name out of flags and variables. Meta of a setting: `unit`; `expected`
 * replaces the generated words of an error; `path` marks a file or directory, taken relative to the configuration
 * file or to the working directory; `secret` is never printed and comes from the environment only, or from a file named
 * by the setting of the same name with `File`.
 */

const codecs = [
  'h264',
  'vp8',
  'vp8-svc',
  'vp9',
  'hevc',
  'av1',
] as const satisfies readonly VideoCodec[];

const encoders = [
  'auto',
  'x264enc',
  'openh264enc',
  'nvh264enc',
  'vah264enc',
  'vaapih264enc',
  'qsvh264enc',
  'vp8enc',
  'vp8enc-l1t2',
  'vp9enc',
  'vavp9enc',
  'nvh265enc',
  'vah265enc',
  'vaapih265enc',
  'qsvh265enc',
  'x265enc',
  'vaav1enc',
  'qsvav1enc',
  'av1enc',
] as const satisfies readonly (EncoderName | 'auto')[];

/** The least length of a password: a shorter one falls to guessing at the pace that the login allows (guess). */
export const MIN_PASSWORD_CHARACTERS = 8;

/** The least length of a token or secret between programs: 96 bits in base64. */
const MIN_TOKEN_CHARACTERS = 16;

/** Where the server listens and by which addresses browsers know it. */
const listen = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe('Address to listen on. Any other than a loopback address means https.')
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
  })
  .prefault({})
  .meta({ title: 'Address', flat: true });

const proxies = z
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

const tls = z
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

const desktop = z
  .strictObject({
    width: evenPixels()
      .default(1280)
      .describe('Width of the desktop or test picture.')
      .meta({ unit: 'px' }),
    height: evenPixels()
      .default(720)
      .describe('Height of the desktop or test picture.')
      .meta({ unit: 'px' }),
    command: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Program of the desktop, run by `sh -c` and started again when it ends; a terminal unless given.',
      ),
  })
  .prefault({})
  .meta({ title: 'Desktop' });

const video = z
  .strictObject({
    frameRate: z.int().min(1).max(240).default(60).describe('Frames per second, at most.'),
    bitrateKbps: z
      .int()
      .min(100)
      .max(500_000)
      .default(8000)
      .describe('Bitrate of the picture that the encoder aims at on a good link.')
      .meta({ unit: 'kbit/s' }),
    codec: z
      .enum(codecs)
      .default('h264')
      .describe(
        'How the picture is coded at the start; vp8-svc is VP8 with two temporal layers. In software hevc and av1 are slower than real time.',
      ),
    encoder: z
      .enum(encoders)
      .default('auto')
      .describe('GStreamer encoder of that codec; auto takes the best one that works here.'),
  })
  .prefault({})
  .meta({ title: 'Picture' });

const audio = z
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

const stream = z
  .strictObject({
    mode: z
      .enum(latencyModeNames)
      .default('balanced')
      .describe('Latency mode of users who have chosen none.'),
    quality: z
      .enum(qualityNames)
      .default('text')
      .describe(
        'What gives way first on a slow link, unless a user says otherwise: text gives up frames, motion gives up sharpness.',
      ),
    locked: z
      .array(z.enum(streamSettingNames))
      .max(streamSettingNames.length)
      .default([])
      .describe('Settings of the stream that no user can change.')
      .meta({ expected: `names among ${streamSettingNames.join(', ')}` }),
    minScale: z
      .number()
      .min(streamRanges.scale.least)
      .max(1)
      .default(streamRanges.scale.least)
      .describe('The least factor on width and height of the picture that a user can set.')
      .meta({ expected: 'a number from 0.25 to 1' }),
    maxAudioBitrateKbps: upTo('audioBitrateKbps', 320)
      .describe('Bitrate of the sound that a user can set at most.')
      .meta({ unit: 'kbit/s' }),
    maxDelayTargetMs: upTo('delayTargetMs', 200)
      .describe('Queueing delay that the custom mode of a user may tolerate at most.')
      .meta({ unit: 'ms' }),
    maxVideoBudgetMs: upTo('videoBudgetMs', 2_000)
      .describe('How old a picture may become in the custom mode of a user at most.')
      .meta({ unit: 'ms' }),
    maxAudioBudgetMs: upTo('audioBudgetMs', 2_000)
      .describe('How old a sound packet may become in the custom mode of a user at most.')
      .meta({ unit: 'ms' }),
  })
  .prefault({})
  .meta({ title: 'Settings of the stream' });

const webTransport = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether WebTransport (QUIC, UDP) is offered beside WebSocket.'),
    backend: z
      .enum(['rwebtransport', 'fails-components'])
      .default('rwebtransport')
      .describe('Implementation of WebTransport to load.'),
  })
  .prefault({})
  .meta({ title: 'WebTransport' });

const rtp = z
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

const auth = z
  .strictObject({
    password: z
      .string()
      .min(MIN_PASSWORD_CHARACTERS)
      .optional()
      .describe(
        'Password that lets people in as controllers, beside one-time links. There is none unless given.',
      )
      .meta({ secret: true, expected: `at least ${MIN_PASSWORD_CHARACTERS} characters` }),
    passwordFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the password; one line break at its end is ignored.')
      .meta({ path: true }),
    tokenSeconds: z
      .int()
      .min(10)
      .max(86_400)
      .default(120)
      .describe('How long a one-time link can be opened.')
      .meta({ unit: 's' }),
  })
  .prefault({})
  .meta({ title: 'Login', flat: true });

const session = z
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

const hooks = z
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

const metrics = z
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

const log = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('The least level that is written to standard error.'),
    format: z
      .enum(['auto', 'json', 'pretty'])
      .default('auto')
      .describe('Form of the log: auto is pretty on a terminal and JSON elsewhere.'),
  })
  .prefault({})
  .meta({ title: 'Log' });

export const configSchema = z.strictObject({
  source: z
    .enum(['desktop', 'display', 'test', 'pipe', 'rtp'])
    .default('desktop')
    .describe(
      'What is shown: desktop starts a private one, display takes a running X display, test is a moving picture with a tone, pipe takes pictures from another program, rtp takes them encoded (docs/rtp-input.md).',
    ),
  display: z
    .string()
    .regex(/^[A-Za-z0-9.-]*:\d+(\.\d+)?$/)
    .optional()
    .describe('X display to show, for example :0; implies source display.')
    .meta({ expected: 'an X display such as :0' }),
  pipe: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Named pipe into which a program writes I420 pictures of the size of the desktop; for source pipe.',
    )
    .meta({ path: true }),
  clientDirectory: z
    .string()
    .min(1)
    .default('client/dist')
    .describe('Directory with the built page; the default lies in the installation.')
    .meta({ path: true }),
  listen,
  proxies,
  tls,
  desktop,
  video,
  audio,
  stream,
  webTransport,
  rtp,
  auth,
  session,
  hooks,
  metrics,
  log,
});

/** The settings as the server runs with them; frozen. Parts get only their slice. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The most that a user can set of something whose widest range is fixed. */
function upTo(name: Exclude<RangedName, 'scale'>, byDefault: number) {
  const { least, most } = streamRanges[name];
  return z.int().min(least).max(most).default(byDefault);
}

/** H.264 in 4:2:0 has half as many colour samples each way, so a picture's sides are even. */
function evenPixels() {
  return z.int().min(16).max(8192).multipleOf(2);
}

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

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase();
}
