import { Source, type SourceOptions, type SourceState } from '../../../gst/source.ts';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { MediaStream } from '../../../server/ingest/media-stream.ts';

/** Waits until `condition` holds, looking every 5 ms; fails with `what` after `withinMs`. */
export async function until(
  what: string,
  condition: () => boolean,
  withinMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A source and a media stream wired as the gateway wires them, with everything that they said. */
export class RunningSource {
  readonly source: Source;
  readonly stream: MediaStream;
  readonly units: AccessUnit[] = [];
  readonly states: SourceState[] = [];
  /** What was wrong with the child's bytes: once per child, answered by a restart. */
  framingLosses = 0;

  constructor(
    codec: AccessUnit['codec'],
    options: Partial<SourceOptions> & Pick<SourceOptions, 'description'>,
  ) {
    this.stream = new MediaStream({
      codec,
      onKeyframeNeeded: () => this.source.requestKeyframe(),
      onFramingLost: () => {
        this.framingLosses += 1;
        this.source.restart();
      },
    });
    this.stream.subscribe({ accessUnit: (unit) => this.units.push(unit) });
    this.source = new Source({
      name: codec,
      onBytes: (chunk) => this.stream.push(chunk, process.hrtime.bigint()),
      onReset: () => this.stream.reset(),
      onState: (state) => this.states.push(state),
      ...options,
    });
    this.source.start();
  }

  /** How the children ended so far. */
  get reasons(): readonly string[] {
    return this.states.flatMap((state) => (state.type === 'backoff' ? [state.reason] : []));
  }

  /** Waits for `count` access units beyond those already there and returns them. */
  async more(count: number, withinMs = 10_000): Promise<readonly AccessUnit[]> {
    const from = this.units.length;
    await until(
      `${count} access units (${this.reasons.join('; ')})`,
      () => this.units.length >= from + count,
      withinMs,
    );
    return this.units.slice(from, from + count);
  }
}

/** Distances between neighbours of the capture times, in milliseconds. */
export function captureGapsMs(units: readonly AccessUnit[]): number[] {
  return units
    .slice(1)
    .map(({ captureTime }, index) => Number(captureTime - (units[index]?.captureTime ?? 0n)) / 1e6);
}

/** Media rate of access units in kbit/s, over the time that they were captured in. */
export function rateKbps(units: readonly AccessUnit[]): number {
  const bytes = units.slice(1).reduce((sum, { data }) => sum + data.length, 0);
  const spanMs = captureGapsMs(units).reduce((sum, gap) => sum + gap, 0);
  return (bytes * 8) / spanMs;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
