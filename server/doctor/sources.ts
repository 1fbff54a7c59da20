import { createConnection } from 'node:net';
import { elementExists } from '../../gst/probe.ts';
import type { Config } from '../config/schema.ts';
import { findProgram } from '../desktop/desktop-processes.ts';
import { XConnection } from '../desktop/x-connection.ts';
import { fail, hint, ok, textOf, type Check, type Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

/** Whether the picture can be captured from where the settings say. */
export function displayCheck({ source, display = '' }: Config): Check {
  return {
    name: 'display',
    run: async () => {
      const captures = source === 'display' || source === 'desktop';
      if (captures && !(await elementExists('ximagesrc'))) {
        return [fail('GStreamer cannot capture X displays; install gstreamer1.0-x.')];
      }
      if (source === 'desktop') return [programs(['Xvfb', 'xvfb'], ['openbox', 'openbox'])];
      if (source !== 'display') return [ok(`source ${source} needs no X display.`)];
      return [await canConnect(display)];
    },
  };
}

async function canConnect(display: string): Promise<Found> {
  try {
    const connection = await XConnection.open({ display });
    const { width, height } = connection.initialSize;
    connection.close();
    return ok(`${display} lets us in; it is ${width} × ${height}.`);
  } catch (error) {
    return fail(
      `${textOf(error)}. The gateway would wait for it: start the X server, and let XAUTHORITY name a file with its cookie.`,
    );
  }
}

/** Whether the sound can be captured. */
export function soundCheck({ source, audio }: Config): Check {
  return {
    name: 'sound',
    run: async () => {
      if (!audio.enabled || source === 'pipe') return [ok('none is sent.')];
      if (source === 'rtp') return [ok('it comes encoded, from another program.')];
      if (!(await elementExists('opusenc'))) {
        return [fail('GStreamer cannot encode Opus; install gstreamer1.0-plugins-base.')];
      }
      if (source === 'test') return [ok('a test tone.')];
      if (!(await elementExists('pulsesrc'))) {
        return [fail('GStreamer cannot capture PulseAudio; install gstreamer1.0-pulseaudio.')];
      }
      if (source === 'desktop') return [programs(['pulseaudio', 'pulseaudio'])];
      return [await soundServer()];
    },
  };
}

async function soundServer(): Promise<Found> {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const server = process.env['PULSE_SERVER'];
  const path =
    server === undefined
      ? `${runtime ?? `/run/user/${process.getuid?.() ?? 0}`}/pulse/native`
      : /^(?:unix:)?(\/[^ ]+)$/.exec(server)?.[1];
  if (path === undefined) return ok(`PULSE_SERVER is ${server ?? ''}, which is not looked at.`);
  const answers = await new Promise<boolean>((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  return answers
    ? ok(`a sound server listens on ${path}.`)
    : hint(
        `no sound server listens on ${path}: there is no sound until it does; start PulseAudio, set PULSE_SERVER, or use --no-audio.`,
      );
}

function programs(...wanted: readonly (readonly [string, string])[]): Found {
  const missing = wanted.flatMap(([name, debianPackage]) => {
    try {
      findProgram(name, debianPackage);
      return [];
    } catch (error) {
      return [textOf(error)];
    }
  });
  const names = wanted.map(([name]) => name).join(' and ');
  return missing.length === 0
    ? ok(`${names} of the private desktop can be started.`)
    : fail(`${missing.join('; ')}.`);
}
