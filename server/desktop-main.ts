/**
 * A desktop without a gateway, as a process of its own: Xvfb, Openbox, a program and PulseAudio, at a display and in a folder
 * that a gateway knows beforehand. Containers run it, so that the end of a gateway is not the end of the desktop.
 *
 *   node server/desktop-main.ts DISPLAY_NUMBER FOLDER [settings as flags, see --help of the server]
 */
import { mkdir } from 'node:fs/promises';
import { processConfig } from './config/process-config.ts';
import type { Config } from './config/schema.ts';
import { startVirtualDesktop, type DesktopPlace } from './desktop/virtual-desktop.ts';
import { createLogger } from './observe/create-logger.ts';
import { logStreams } from './observe/log-streams.ts';

const USAGE = 'usage: node server/desktop-main.ts DISPLAY_NUMBER FOLDER [settings]\n';

function readPlace(number = '', directory = ''): DesktopPlace | undefined {
  if (!/^\d{1,4}$/.test(number) || directory === '') return undefined;
  return { display: Number(number), directory };
}

async function run(place: DesktopPlace, config: Config): Promise<void> {
  const logger = createLogger({ ...config.log, destination: logStreams(config.log.output).log });
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  const { width, height, command } = config.desktop;
  const desktop = await startVirtualDesktop({
    width,
    height,
    ...(command === undefined ? {} : { command }),
    sound: config.audio.enabled,
    place,
    logger,
  });
  const end = (): void => void desktop.close().then(() => process.exit());
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

const [number, directory, ...flags] = process.argv.slice(2);
const place = readPlace(number, directory);
if (place === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const config = processConfig(flags);
  try {
    if (config !== undefined) await run(place, config);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`the desktop could not start: ${reason}\n`);
    process.exit(1);
  }
}
