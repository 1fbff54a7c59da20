import { networkInterfaces } from 'node:os';
import { makeCertificate, type Certificate } from '../certs/certificate.ts';
import { loadUserCertificate } from '../certs/user-certificate.ts';
import type { Config } from './config/schema.ts';
import { isLoopback } from './http/origin-policy.ts';
import type { Logger } from './observe/logger.ts';

/**
 * The certificate for HTTPS: the user's own, or one made now when the gateway listens on more than this machine. Undefined
 * on a loopback address, which browsers trust without one.
 *
 * @throws CertificateError when the user's certificate cannot be used
 */
export async function openHttpsCertificate(
  config: Pick<Config, 'tls' | 'listen'>,
  logger: Logger,
): Promise<Certificate | undefined> {
  const { certificateFile, keyFile } = config.tls;
  if (certificateFile !== undefined && keyFile !== undefined) {
    return loadUserCertificate({ certificateFile, keyFile, now: new Date() });
  }
  if (isLoopback(config.listen.host)) return undefined;
  logger.warn(
    'https uses a certificate made now, which browsers warn of; give your own with --tls-certificate-file and --tls-key-file',
  );
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ scopeid }) => (scopeid ?? 0) === 0)
    .map(({ address }) => address);
  const named = config.listen.publicOrigins.map((origin) => new URL(origin).hostname);
  return makeCertificate({
    hosts: [...new Set(['localhost', ...named, ...addresses])],
    now: new Date(),
  });
}
