/**
 * What a capture needs before it is worth starting a process for it. An attempt costs 200 ms of a core, and in a pod the desktop may come
 * minutes after the gateway.
 */
import { existsSync } from 'node:fs';

/**
 * @param display such as `:0`; one with a host is on another machine, and nothing is known of it
 * @throws Error when no X server has listened there yet
 */
export function requireXSocket(display: string): void {
  const number = /^(?:unix\/?)?:(\d+)/.exec(display)?.[1];
  if (number === undefined || existsSync(`/tmp/.X11-unix/X${number}`)) return;
  throw new Error(`waits for the X display ${display}`);
}

/**
 * @param server PULSE_SERVER (pulseaudio(1)); undefined, or one that is no socket of this machine, is PulseAudio's own business
 * @throws Error when its socket is not there yet
 */
export function requireSoundSocket(server: string | undefined): void {
  const path = /^(?:unix:)?(\/[^ ]+)$/.exec(server ?? '')?.[1];
  if (path === undefined || existsSync(path)) return;
  throw new Error('waits for the sound server');
}
