import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDesktopGateway } from '../support/desktop-gateway.ts';
import { Gateway } from '../support/gateway.ts';
import { startPatternPainter } from '../support/pattern-painter.ts';
import { startPipePainter } from '../support/pipe-painter.ts';

/** What is painted, encoded and shown. */
export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** A gateway and the painter whose pictures it shows. */
export interface Scene {
  readonly gateway: Gateway;
  close(): Promise<void>;
}

/** Pictures that go into the encoder's pipe. @param flags of the gateway */
export async function startOnPipe(
  { width, height, framesPerSecond }: Picture,
  flags: readonly string[],
): Promise<Scene> {
  const directory = await mkdtemp(join(tmpdir(), 'oriel-glass-'));
  const path = join(directory, 'pictures');
  execFileSync('mkfifo', [path]);
  const stopPainter = startPipePainter({ path, width, height, framesPerSecond });
  const gateway = await Gateway.start([
    ...flags,
    ...['--source', 'pipe', '--pipe', path, '--video-frame-rate', String(framesPerSecond)],
    ...['--desktop-width', String(width), '--desktop-height', String(height)],
  ]);
  return {
    gateway,
    close: async () => {
      await gateway.stop();
      await stopPainter();
      await rm(directory, { recursive: true });
    },
  };
}

/** Pictures on an X display, from which they are captured. @param flags of the gateway */
export async function startOnDisplay(
  { width, height, framesPerSecond }: Picture,
  flags: readonly string[],
): Promise<Scene> {
  const desktop = await startDesktopGateway([
    ...flags,
    ...['--no-audio', '--video-frame-rate', String(framesPerSecond)],
    ...['--desktop-width', String(width), '--desktop-height', String(height)],
  ]);
  const painter = await startPatternPainter({
    display: desktop.env['DISPLAY'] ?? '',
    authority: desktop.env['XAUTHORITY'] ?? '',
    framesPerSecond,
    background: 'still',
  });
  return {
    gateway: desktop.gateway,
    close: async () => {
      await painter.close();
      await desktop.close();
    },
  };
}
