import { describe, expect, it } from 'vitest';
import { Gateway } from '../../support/gateway.ts';

async function withGateway(
  flags: readonly string[],
  look: (health: () => Promise<number>) => Promise<void>,
): Promise<void> {
  const gateway = await Gateway.start(flags);
  try {
    const { origin } = new URL(await gateway.link());
    await look(async () => (await fetch(`${origin}/healthz`)).status);
  } finally {
    await gateway.stop();
  }
}

describe('/healthz', () => {
  it('is well while an encoder runs', () =>
    withGateway(['--source', 'test'], async (health) => {
      await expect.poll(health, { timeout: 5_000 }).toBe(200);
    }));

  it('says so when no encoder stays alive, and the gateway goes on', () =>
    withGateway(['--source', 'pipe', '--pipe', '/nonexistent/pictures'], async (health) => {
      await expect.poll(health, { timeout: 15_000, interval: 20 }).toBe(503);
    }));
});
