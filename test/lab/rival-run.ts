import { setTimeout as delay } from 'node:timers/promises';
import type { Sample } from './measurement.ts';
import { Network, SERVER_ADDRESS } from './network.ts';
import { startProgram } from './program.ts';
import type { RivalName, RivalReport } from './rivals.ts';
import { withClosers } from './closers.ts';
import { applyChanges, type RunOptions } from './run.ts';
import type { Scenario } from './scenarios.ts';

const PORT = 9_100;

/** What another design does on the first path of a scenario: its frames as they were complete at the receiver. */
export async function runRival(
  scenario: Scenario,
  rival: { readonly name: RivalName; readonly congestionControl?: 'bbr' },
  { measureMs, warmUpMs, seed }: RunOptions,
): Promise<{ readonly durationMs: number; readonly video: readonly Sample[] }> {
  const { name, congestionControl } = rival;
  return withClosers(async (closers) => {
    const network = await Network.open({
      clients: scenario.viewers.slice(0, 1),
      seed,
      ...(congestionControl !== undefined && { congestionControl }),
    });
    closers.push(() => network.close());
    const client = network.clients[0];
    if (client === undefined) throw new RangeError('scenario: expected a viewer, got none');
    const sender = startProgram(network.server, 'rivals.ts', ['send', name, SERVER_ADDRESS, PORT]);
    closers.push(() => sender.end());
    await sender.next();
    const url = `ws://${SERVER_ADDRESS}:${PORT}`;
    const receiver = startProgram(client.namespace, 'rivals.ts', ['receive', name, url]);
    closers.push(() => receiver.end());
    await receiver.next();
    await delay(warmUpMs);
    const begin = Number(process.hrtime.bigint()) / 1e6;
    applyChanges(network, scenario.changes?.(measureMs) ?? []);
    await delay(measureMs);
    const durationMs = Number(process.hrtime.bigint()) / 1e6 - begin;
    const answered = receiver.next() as Promise<RivalReport>;
    await receiver.end();
    const { capturedAtMs, receivedAtMs, bytes } = await answered;
    const video = receivedAtMs
      .map((received, i) => ({
        atMs: received - begin,
        latencyMs: received - (capturedAtMs[i] ?? Number.NaN),
        bytes: bytes[i] ?? 0,
      }))
      .filter(({ atMs }) => atMs >= 0 && atMs <= durationMs);
    return { durationMs, video };
  });
}
