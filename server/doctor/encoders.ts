import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { encoders, selectEncoder, type Encoder } from '../../gst/encoders.ts';
import { elementExists } from '../../gst/probe.ts';
import type { Config } from '../config/schema.ts';
import { fail, hint, ok, textOf, type Check, type Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

/** Three pictures take the slowest encoder a second; an encoder that waits for its device may hang. */
const TRIAL_TIMEOUT_MS = 15_000;

/** Where a software encoder comes from on Debian. */
const packages: Readonly<Partial<Record<string, string>>> = {
  x264enc: 'gstreamer1.0-plugins-ugly',
  openh264enc: 'gstreamer1.0-plugins-bad',
  vp8enc: 'gstreamer1.0-plugins-good',
  vp9enc: 'gstreamer1.0-plugins-good',
  x265enc: 'gstreamer1.0-plugins-bad',
  av1enc: 'gstreamer1.0-plugins-bad',
};

/** Each row of the encoder table: whether it is there and encodes, else why not. */
export function encoderCheck({ codec, encoder: wanted }: Config['video']): Check {
  return {
    name: 'encoder',
    run: async () => {
      const findings: Found[] = [];
      const working: Encoder[] = [];
      for (const encoder of encoders) {
        const problem = await problemOf(encoder);
        if (problem === undefined) working.push(encoder);
        else findings.push(hint(`${encoder.name} (${encoder.codec}): ${problem}`));
      }
      const names = working.map(({ name }) => name);
      const chosen = selectEncoder({ codec, wanted }, names);
      const verdict =
        chosen === undefined
          ? fail(
              `no encoder for ${codec} works; install ${packages['x264enc'] ?? ''} for x264enc, or choose another codec with --video-codec.`,
            )
          : ok(`${chosen} makes ${codec}; these encode here: ${names.join(', ')}.`);
      return [verdict, ...findings];
    },
  };
}

/** Why an encoder cannot be used; undefined when it can. */
async function problemOf(encoder: Encoder): Promise<string | undefined> {
  if (!(await elementExists(encoder.element))) return absence(encoder.element);
  try {
    await trial(encoder);
    return undefined;
  } catch (error) {
    return `is installed and does not encode: ${textOf(error)}`;
  }
}

function absence(element: string): string {
  const debianPackage = packages[element];
  if (debianPackage !== undefined) return `is not installed; it is in ${debianPackage}.`;
  if (element.startsWith('nv')) {
    return existsSync('/dev/nvidiactl')
      ? 'there is an NVIDIA driver, but no NVENC library for it: run the container with the video capability, or install libnvidia-encode.'
      : 'there is no NVIDIA graphics card, or its device was not passed in.';
  }
  return existsSync('/dev/dri/renderD128')
    ? 'the graphics card does not make this codec, or its VA driver and gstreamer1.0-plugins-bad or gstreamer1.0-vaapi are missing.'
    : 'there is no graphics device (/dev/dri/renderD128).';
}

/** Encodes three pictures. */
async function trial(encoder: Encoder): Promise<void> {
  const settings = { bitrateKbps: 1_000 };
  const pipeline =
    `videotestsrc num-buffers=3 ! video/x-raw,format=${encoder.inputFormat},width=640,height=360 ! ` +
    `${encoder.element} ${encoder.properties(settings)} ! ${encoder.caps(settings)} ! fakesink`;
  await new Promise<void>((resolve, reject) => {
    execFile(
      'gst-launch-1.0',
      ['-q', ...pipeline.split(' ')],
      { timeout: TRIAL_TIMEOUT_MS, killSignal: 'SIGKILL' },
      (error, _, stderr) => {
        if (error === null) resolve();
        else if (error.killed === true) reject(new Error('it hangs'));
        else {
          const line = stderr.split('\n').find((one) => one.startsWith('ERROR'));
          reject(new Error(line ?? error.message));
        }
      },
    );
  });
}
