import { execFile } from 'node:child_process';
import { encoders, type EncoderName } from './encoders.ts';

/** A cold plugin registry takes 0.8 s to build (measured); ten times that means that something is stuck. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Asks GStreamer which encoders this machine has. Hardware encoders register no element without their hardware. As a
 * side effect the plugin registry is built, so that the first child does not pay for it.
 *
 * @returns The names in the order of the encoder table; empty when there are none.
 * @throws Error when gst-inspect-1.0 itself is missing or does not answer.
 */
export async function probeEncoders(): Promise<EncoderName[]> {
  const found: EncoderName[] = [];
  // One after the other: in parallel, several would build the same cold registry.
  const answers = new Map<string, boolean>();
  for (const { name, element } of encoders) {
    const exists = answers.get(element) ?? (await elementExists(element));
    answers.set(element, exists);
    if (exists) found.push(name);
  }
  return found;
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
