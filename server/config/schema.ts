import { z } from 'zod';

import { audio } from './groups/audio.ts';
import { auth } from './groups/auth.ts';
import { clipboard } from './groups/clipboard.ts';
import { desktop } from './groups/desktop.ts';
import { hooks } from './groups/hooks.ts';
import { listen } from './groups/listen.ts';
import { log } from './groups/log.ts';
import { metrics } from './groups/metrics.ts';
import { proxies } from './groups/proxies.ts';
import { rtp } from './groups/rtp.ts';
import { session } from './groups/session.ts';
import { stream } from './groups/stream.ts';
import { tls } from './groups/tls.ts';
import { video } from './groups/video.ts';
import { webTransport } from './groups/web-transport.ts';
import { webrtc } from './groups/webrtc.ts';

/**
 * Every setting of the server, once: its type, range, default and description. Flags, environment variables, `--help` and
 * docs/configuration.md follow from this (settings.ts), so a setting is added to the file of its group (groups/) and
 * nowhere else.
 *
 * Meta of a group: `flat` leaves the group's name out of flags and variables. Meta of a setting: `unit`; `expected`
 * replaces the generated words of an error; `path` marks a file or directory, taken relative to the configuration
 * file or to the working directory; `secret` is never printed and comes from the environment only, or from a file named
 * by the setting of the same name with `File`.
 */
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
  clipboard,
  video,
  audio,
  stream,
  webTransport,
  webrtc,
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
