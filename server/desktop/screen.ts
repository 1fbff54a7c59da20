import type { AudioSource, VideoSource } from '../../gst/settings.ts';
import type { Config } from '../config/schema.ts';
import { startVirtualDesktop } from './virtual-desktop.ts';
import type { Logger } from '../observe/logger.ts';

/** Where picture and sound come from, and the X display that takes input; whichever way the user asked for it. */
export interface Screen {
  /** Undefined where another program encodes. */
  readonly video: VideoSource | undefined;
  readonly audio: AudioSource | undefined;
  /** The X display that takes input; undefined where there is none. */
  readonly display: { readonly name: string; readonly authority: string | undefined } | undefined;
  /** Environment for the encoders: the display's cookie, the sound server. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends what was started for it; idempotent. */
  close(): Promise<void>;
}

/** The tone of `--source test`: what the sound tests look for. */
const TEST_TONE_HZ = 1_000;

/** Opens the source that the configuration names: a private desktop, a display that exists, or a test picture. */
export async function openScreen(config: Config, logger: Logger): Promise<Screen> {
  switch (config.source) {
    case 'test':
      return testScreen(config);
    case 'pipe':
      return pipeScreen(config);
    case 'display':
      return existingDisplay(config);
    case 'rtp':
      return rtpScreen(config);
    case 'desktop':
      return privateDesktop(config, logger);
  }
}

function testScreen({ audio, desktop }: Config): Screen {
  return {
    video: { type: 'test', pattern: 'ball', width: desktop.width, height: desktop.height },
    audio: audio.enabled ? { type: 'test', frequencyHz: TEST_TONE_HZ } : undefined,
    display: undefined,
    env: {},
    close: () => Promise.resolve(),
  };
}

function pipeScreen({ pipe, desktop }: Config): Screen {
  if (pipe === undefined)
    throw new TypeError('pipe: expected the path of a named pipe, got nothing');
  return {
    video: { type: 'pipe', path: pipe, width: desktop.width, height: desktop.height },
    audio: undefined,
    display: undefined,
    env: {},
    close: () => Promise.resolve(),
  };
}

/** Pictures and sound come encoded; a display takes input only. */
function rtpScreen({ display }: Config): Screen {
  return {
    video: undefined,
    audio: undefined,
    display:
      display === undefined ? undefined : { name: display, authority: process.env['XAUTHORITY'] },
    env: {},
    close: () => Promise.resolve(),
  };
}

function existingDisplay({ audio, display }: Config): Screen {
  if (display === undefined)
    throw new TypeError('display: expected a name such as :0, got nothing');
  return {
    video: { type: 'x11', display },
    audio: audio.enabled
      ? { type: 'pulse', device: audio.device ?? '@DEFAULT_MONITOR@' }
      : undefined,
    display: { name: display, authority: process.env['XAUTHORITY'] },
    env: {},
    close: () => Promise.resolve(),
  };
}

async function privateDesktop({ audio, desktop }: Config, logger: Logger): Promise<Screen> {
  const virtual = await startVirtualDesktop({
    width: desktop.width,
    height: desktop.height,
    ...(desktop.command === undefined ? {} : { command: desktop.command }),
    sound: audio.enabled,
    logger,
  });
  const { display, authority, pulseSource, pulseServer } = virtual;
  return {
    video: { type: 'x11', display },
    audio:
      pulseSource === undefined
        ? undefined
        : {
            type: 'pulse',
            device: pulseSource,
            ...(pulseServer === undefined ? {} : { server: pulseServer }),
          },
    display: { name: display, authority },
    env: virtual.env,
    close: () => virtual.close(),
  };
}
