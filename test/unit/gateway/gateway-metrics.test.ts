import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GatewayMetrics } from '../../../server/metrics/gateway-metrics.ts';
import { createFaultCounters } from '../../../server/ingest/faults.ts';
import { LinkMetrics, type LinkedSession } from '../../../server/metrics/link-metrics.ts';

const DASHBOARD = join(import.meta.dirname, '../../../docs/operations/grafana-dashboard.json');

/** Every name that a collector sees, those of the parts of a histogram too. */
async function namesOf({ registry }: GatewayMetrics): Promise<ReadonlySet<string>> {
  const all = await registry.getMetricsAsJSON();
  return new Set(
    all.flatMap(({ name, type }) =>
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

/** A gateway's metrics with one viewer of each transport. */
function measured(): { metrics: GatewayMetrics; links: LinkMetrics; session: LinkedSession } {
  const metrics = new GatewayMetrics();
  const path = { smoothedRtt: 20_000, queueDelay: 5_000 };
  const viewers = ['webtransport', 'websocket'].map((transport) => ({
    viewer: {},
    transport,
    role: 'controller',
    hasMoved: false,
    controls: false,
    path,
    carried: { targetBps: 8e6, wantedBps: 8e6, deliveredBps: 6e6, lostPackets: 3, sentPackets: 90 },
  }));
  const session = {
    viewers,
    pauses: { unwatched: 1, still: 4, queue: 2 },
    askedBps: 8e6,
  } as unknown as LinkedSession;
  return { metrics, session, links: new LinkMetrics(metrics.registry, session) };
}

describe('the metrics of the gateway', () => {
  it('count what happened under its reason', async () => {
    const { metrics, links } = measured();
    const viewer = { transport: 'websocket', role: 'viewer', hasMoved: true, session: {} } as const;
    metrics.joined(viewer);
    metrics.denied('input');
    metrics.dropped('superseded', 4);
    metrics.unused('undecodable', 2);
    metrics.keyframeWanted('joined');
    metrics.refused('loginRequired');
    metrics.pictureSent(3_000, 1_500);
    metrics.shown({ total: 42_000, network: 9_000 }, 'websocket');
    links.look();
    links.look();
    const text = await metrics.registry.metrics();
    for (const line of [
      'oriel_viewers{transport="websocket",role="viewer"} 1',
      'oriel_transport_moves_total{transport="websocket"} 1',
      'oriel_units_denied_total{unit="input"} 1',
      'oriel_messages_dropped_total{reason="superseded"} 4',
      'oriel_client_unused_total{reason="undecodable"} 2',
      'oriel_keyframes_wanted_total{cause="joined"} 1',
      'oriel_requests_refused_total{code="loginRequired"} 1',
      'oriel_stage_seconds_bucket{le="0.002",stage="queue"} 0',
      'oriel_stage_seconds_bucket{le="0.005",stage="queue"} 1',
      'oriel_shown_latency_seconds_sum{transport="websocket"} 0.042',
      'oriel_packets_lost_total{transport="webtransport"} 3',
      'oriel_encoder_pauses_total{reason="still"} 4',
      'oriel_delivered_bits_per_second{transport="websocket"} 6000000',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    metrics.left(viewer, { clean: true });
    expect(await metrics.registry.metrics()).toContain(
      'oriel_viewers{transport="websocket",role="viewer"} 0\n',
    );
  });

  it('take over what a source counts, each event once', async () => {
    const metrics = new GatewayMetrics();
    const source = { faults: createFaultCounters(), restarts: 0, isRunning: true };
    const look = metrics.follow('video', source);
    source.faults.lostPackets = 2;
    source.restarts = 1;
    look();
    source.faults.lostPackets = 5;
    source.isRunning = false;
    look();
    look();
    const text = await metrics.registry.metrics();
    expect(text).toContain('oriel_ingest_faults_total{source="video",fault="lostPackets"} 5\n');
    expect(text).toContain('oriel_encoder_restarts_total{source="video"} 1\n');
    expect(text).toContain('oriel_encoder_running{source="video"} 0\n');
  });

  it('name no one: labels are few and their values come from the code', async () => {
    const { metrics, links } = measured();
    links.look();
    const labels = new Set<string>();
    for (const { name, values } of await metrics.registry.getMetricsAsJSON()) {
      if (!name.startsWith('oriel_')) continue;
      for (const value of values) for (const label of Object.keys(value.labels)) labels.add(label);
    }
    const known = ['transport', 'role', 'reason', 'source', 'fault', 'stage', 'kind', 'le'];
    expect([...labels].filter((label) => !known.includes(label))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('asks for nothing that is not measured, and for everything that is', async () => {
    const text = readFileSync(DASHBOARD, 'utf8');
    const names = await namesOf(measured().metrics);
    const asked = new Set(text.match(/\b(?:oriel|nodejs|process)_[a-z0-9_]+/g));
    expect(asked.size).toBeGreaterThan(20);
    expect([...asked].filter((name) => !names.has(name))).toEqual([]);
    const shown = [...asked].map((name) => name.replace(/_bucket$/, ''));
    const ours = (await measured().metrics.registry.getMetricsAsJSON()).map(({ name }) => name);
    const missing = ours.filter((name) => name.startsWith('oriel_') && !shown.includes(name));
    expect(missing).toEqual([]);
  });

  it('is JSON that Grafana imports: every panel has a place, a title and expressions', () => {
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      readonly panels: readonly {
        readonly title: string;
        readonly gridPos: { readonly x: number; readonly w: number };
        readonly targets: readonly { readonly expr: string }[];
      }[];
    };
    for (const { title, gridPos, targets } of panels) {
      expect(title).not.toBe('');
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(targets.every(({ expr }) => expr.split('(').length === expr.split(')').length)).toBe(
        true,
      );
    }
  });
});
