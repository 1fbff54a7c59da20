import { makeCertificate, type Certificate } from '../../certs/certificate.ts';
import type { Logger } from '../../server/observe/logger.ts';
import { loadAddon } from '../../server/transport/rwebtransport-addon.ts';
import { RwebtransportBackend } from '../../server/transport/rwebtransport.ts';
import type { WebTransportBackend } from '../../server/transport/webtransport-backend.ts';

/** A certificate for tests on the loopback address. */
export function loopbackCertificate(): Promise<Certificate> {
  return makeCertificate({ hosts: ['127.0.0.1', 'localhost'], now: new Date() });
}

/** A logger that keeps its lines. */
export interface KeptLog extends Logger {
  readonly lines: readonly { readonly level: string; readonly message: string }[];
}

/** Makes a logger that writes nothing and keeps what it was told. */
export function keptLog(): KeptLog {
  const lines: { level: string; message: string }[] = [];
  const at =
    (level: string) =>
    (message: string): void =>
      void lines.push({ level, message });
  const logger: KeptLog = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

/** The default backend; tests need it, so that it fails loudly where it does not load. */
export function rwebtransport(logger: Logger = keptLog()): WebTransportBackend {
  return new RwebtransportBackend(loadAddon(), logger);
}
