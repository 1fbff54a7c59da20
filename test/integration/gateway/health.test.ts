import { describe, expect, it } from 'vitest';
import { Gateway } from '../../support/gateway.ts';

interface Probe {
  readonly status: number;
  readonly reasons: readonly string[];
}

async function withGateway(
  flags: readonly string[],
  look: (probe: (path: string) => Promise<Probe>) => Promise<void>,
): Promise<void> {
  const gateway = await Gateway.start(flags);
  try {
    const { origin } = new URL(await gateway.link());
    await look(async (path) => {
      const answer = await fetch(origin + path);
      const { reasons = [] } = (await answer.json()) as Partial<Probe>;
      return { status: answer.status, reasons };
    });
  } finally {
    await gateway.stop();
  }
}

describe('the probes', () => {
  it('are well while an encoder runs', () =>
    withGateway(['--source', 'test'], async (probe) => {
      for (const path of ['/startupz', '/readyz', '/healthz']) {
        await expect.poll(() => probe(path), { timeout: 5_000 }).toMatchObject({ status: 200 });
      }
    }));

  it('say that no encoder stays alive, and the gateway goes on', () =>
    withGateway(['--source', 'pipe', '--pipe', '/nonexistent/pictures'], async (probe) => {
      expect(await probe('/readyz')).toEqual({ status: 503, reasons: ['no encoder is running'] });
      expect(await probe('/startupz')).toMatchObject({ status: 200 });
      expect(await probe('/healthz')).toMatchObject({ status: 200 });
    }));
});
