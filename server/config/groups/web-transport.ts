import { z } from 'zod';

/** Whether WebTransport is offered, and by which implementation. */
export const webTransport = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether WebTransport (QUIC, UDP) is offered beside WebSocket.'),
    backend: z
      .enum(['rwebtransport', 'fails-components'])
      .default('rwebtransport')
      .describe('Implementation of WebTransport to load.'),
  })
  .prefault({})
  .meta({ title: 'WebTransport' });
