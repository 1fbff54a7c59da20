import { execFile } from 'node:child_process';
import { encoders, type EncoderName } from './encoders.ts';

/**
 * A cold plugin registry takes 0.8 s to build; that of the plugins of graphics cards, from a cold disk on a busy machine, took more than
 * 10 s (measured). Something is stuck after three times that.
 */
const PROBE_TIMEOUT_MS = 30_000;

/** A hundred times what a Debian 12 with every set of plugins prints, 36 KB. */
const MAX_LISTING_BYTES = 4 * 1024 * 1024;

/**
 * Asks GStreamer which encoders this machine has. Hardware encoders register no element without their hardware. As a
 * side effect the plugin registry is built, so that the first child does not pay for it.
 *
 * @returns The names in the order of the encoder table; empty when there are none.
 * @throws Error when gst-inspect-1.0 itself is missing or does not answer.
 */
export async function probeEncoders(): Promise<EncoderName[]> {
  const installed = elementsOf(await listing());
  return encoders.filter(({ element }) => installed.has(element)).map(({ name }) => name);
}

/** The second name of each line `plugin:  element: what it is` of a listing. */
export function elementsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^[^\s:]+: +([^\s:]+): /gm)].map(([, name = '']) => name));
}

/** Everything that GStreamer has. One question instead of one for each encoder: each takes a process, and a start waits for them. */
function listing(): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'gst-inspect-1.0',
      [],
      { timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: MAX_LISTING_BYTES },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(probeFailure('its list of elements', error));
      },
    );
  });
}

/** Whether GStreamer has an element of this name. */
export function elementExists(element: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    execFile(
      'gst-inspect-1.0',
      ['--exists', element],
      { timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL' },
      (error) => {
        if (error === null) resolve(true);
        else if (error.code === 1) resolve(false);
        else reject(probeFailure(element, error));
      },
    );
  });
}

function probeFailure(element: string, cause: NodeJS.ErrnoException | { code?: unknown }): Error {
  const reason =
    cause.code === 'ENOENT'
      ? 'gst-inspect-1.0 is not installed (Debian package gstreamer1.0-tools)'
      : `gst-inspect-1.0 gave no answer for ${element}`;
  return new Error(`probing encoders: ${reason}`, { cause });
}
