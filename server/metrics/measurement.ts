import type { Config } from '../config/schema.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { LinkMetrics, type LinkedSession } from './link-metrics.ts';
import type { MediaSource } from '../media/media-source.ts';
import type { Logger } from '../observe/logger.ts';
import { startMetricsServer } from './metrics-server.ts';
import type { Clock } from '../session-clock.ts';

/** How often what counts itself is looked at, milliseconds: collectors ask every few seconds. */
const LOOK_MS = 1_000;

/** The parts of the gateway that count for themselves. */
export interface MeasuredParts {
  readonly metrics: GatewayMetrics;
  readonly video: MediaSource;
  readonly audio: MediaSource | undefined;
  readonly session: LinkedSession;
  readonly clock: Clock;
}

/** Follows the parts of the gateway until the returned function is called. */
export function measure({ metrics, video, audio, session, clock }: MeasuredParts): () => void {
  const links = new LinkMetrics(metrics.registry, session);
  const sources = [
    { name: 'video', source: video },
    ...(audio === undefined ? [] : [{ name: 'audio', source: audio }]),
  ];
  const looks = sources.map(({ name, source }) => metrics.follow(name, source));
  const unsubscribe = sources.map(({ source }) =>
    source.subscribe({
      accessUnit: (unit) =>
        metrics.made(unit, clock.now() - clock.fromMonotonicNanos(unit.captureTime)),
    }),
  );
  const look = (): void => {
    for (const one of looks) one();
    links.look();
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    for (const end of unsubscribe) end();
  };
}

/** Serves the metrics where the settings say so; undefined when they do not. */
export async function offerMetrics(
  { enabled, host, port, token }: Config['metrics'],
  { registry }: GatewayMetrics,
  logger: Logger,
): Promise<{ close(): Promise<void> } | undefined> {
  if (!enabled) return undefined;
  const server = await startMetricsServer({
    host,
    port,
    token,
    contentType: registry.contentType,
    collect: () => registry.metrics(),
  });
  logger.info('metrics are served', { host, port: server.port });
  return server;
}
