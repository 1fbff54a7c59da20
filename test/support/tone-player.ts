import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Plays 1 kHz on a private desktop, as any program does that makes sound: without one the gateway sends none. The returned function
 * ends it.
 *
 * @param env of the desktop (DesktopGateway.env)
 */
export function startTonePlayer(env: Readonly<Record<string, string>>): () => Promise<void> {
  const source = ['audiotestsrc', 'freq=1000', 'volume=0.5', 'is-live=true'];
  const sink = ['audio/x-raw,rate=48000', '!', 'pulsesink', 'buffer-time=100000'];
  const player = spawn('gst-launch-1.0', ['-q', ...source, '!', ...sink], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const ended = once(player, 'exit');
  return async () => {
    player.kill('SIGKILL');
    await ended;
  };
}
