import type { Logger } from '../observe/logger.ts';
import { loadFailsModule } from './fails-components-api.ts';
import { FailsComponentsBackend } from './fails-components.ts';
import { loadAddon } from './rwebtransport-addon.ts';
import { RwebtransportBackend } from './rwebtransport.ts';
import type { WebTransportBackend, WebTransportBackendName } from './webtransport-backend.ts';

/**
 * Loads the library that serves WebTransport. Where it does not load, one line of the log says so and the gateway goes
 * on without WebTransport: clients then use WebSocket.
 */
export async function loadBackend(
  name: WebTransportBackendName,
  logger: Logger,
): Promise<WebTransportBackend | undefined> {
  try {
    switch (name) {
      case 'rwebtransport':
        return new RwebtransportBackend(loadAddon(), logger);
      case 'fails-components':
        return new FailsComponentsBackend(await loadFailsModule(), logger);
    }
  } catch (error) {
    logger.warn('webtransport is off: its library does not load here', {
      backend: name,
      reason: error instanceof Error ? error.message.split('\n')[0] : String(error),
    });
    return undefined;
  }
}
