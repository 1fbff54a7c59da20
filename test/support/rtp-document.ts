import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The commands of docs/rtp-input.md, as they are printed there. */
export interface RtpExample {
  /** Flags of the gateway. */
  readonly flags: readonly string[];
  /** The sender, run by a shell. */
  readonly sender: string;
}

/** Reads the example whose sender is this program. */
export function rtpExample(program: 'gst-launch-1.0' | 'ffmpeg'): RtpExample {
  const text = readFileSync(new URL('../../docs/rtp-input.md', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/```sh\n(.*)\n```/g)].map(([, line = '']) => line);
  const index = lines.findIndex((line) => line.startsWith(program));
  const [gateway, sender] = [lines[index - 1], lines[index]];
  const flags = gateway?.split('npm start -- ')[1]?.split(' ');
  if (flags === undefined || sender === undefined) throw new Error(`no example of ${program}`);
  return { flags, sender };
}

/** Runs a sender as somebody who copies its line does; the shell is replaced, so that a signal reaches the program. */
export function runSender(line: string): ChildProcess {
  return spawn('sh', ['-c', `exec ${line}`], { stdio: ['ignore', 'inherit', 'inherit'] });
}
