/**
 * Notes every motion of the pointer that reaches a display, through a window that is there and not seen:
 *
 *     input-witness.ts <display> <authority>
 *
 * Prints true when it watches, and at the end of its standard input a WitnessReport.
 */
import { fileURLToPath } from 'node:url';
import { XConnection } from '../../server/desktop/x-connection.ts';
import { x11 } from '../../server/desktop/x11.ts';
import { answer, onEnd } from './program.ts';

/** Motions in their order of arrival; three lists of the same length. Pixels of the desktop, milliseconds of CLOCK_MONOTONIC. */
export interface WitnessReport {
  readonly x: number[];
  readonly y: number[];
  readonly atMs: number[];
}

/** Class of a window that takes events and shows nothing (X11 protocol, CreateWindow); its depth is 0. */
const INPUT_ONLY = 2;

async function main([display = '', authority = '']: readonly string[]): Promise<void> {
  const connection = await XConnection.open({ display, ...(authority !== '' && { authority }) });
  const { client, root, initialSize } = connection;
  const report: WitnessReport = { x: [], y: [], atMs: [] };
  client.on('event', (event) => {
    if (event.name !== 'MotionNotify') return;
    report.atMs.push(Number(process.hrtime.bigint()) / 1e6);
    report.x.push(Number(event['rootx']));
    report.y.push(Number(event['rooty']));
  });
  const window = client.AllocID();
  const { width, height } = initialSize;
  client.CreateWindow(window, root, 0, 0, width, height, 0, 0, INPUT_ONLY, 0, {
    overrideRedirect: 1,
    eventMask: x11.eventMask.PointerMotion,
  });
  client.MapWindow(window);
  await connection.sync();
  answer(true);
  onEnd(() => {
    answer(report);
    connection.close();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
