import { networkInterfaces } from 'node:os';
import { makeCertificate, type Certificate } from '../../certs/certificate.ts';
import { CertificateError, loadUserCertificate } from '../../certs/user-certificate.ts';
import type { Config } from '../config/schema.ts';
import { isLoopback } from './origin-policy.ts';
import type { Logger } from '../observe/logger.ts';

/**
 * How often the certificate is looked at, milliseconds. Files are read instead of watched: a mounted secret changes by a link
 * beside the file, and network file systems tell of nothing. Reading and checking two small files takes about 1 ms.
 */
const LOOK_EVERY_MS = 10_000;

/** How long before its end a certificate of our own is replaced, milliseconds: a day of its thirteen. */
const RENEW_BEFORE_END_MS = 86_400_000;

/** Gets the certificate that is to be shown at `now`. */
type Read = (now: Date, shown: Certificate | undefined) => Promise<Certificate>;

/** The certificate for HTTPS, kept up to date. */
export class HttpsCertificate {
  readonly #read: Read;
  readonly #logger: Logger;
  #shown: Certificate;
  /** What was wrong when it was looked at last, and whether that was told. */
  #fault: { readonly message: string; readonly isTold: boolean } | undefined;

  private constructor(read: Read, shown: Certificate, logger: Logger) {
    this.#read = read;
    this.#shown = shown;
    this.#logger = logger;
  }

  /**
   * The user's own certificate, or one made now when the gateway listens on more than this machine. Undefined on a loopback
   * address, which browsers trust without one, and where plain http is allowed.
   *
   * @throws CertificateError when the user's certificate cannot be used
   */
  static async open(
    config: Pick<Config, 'tls' | 'listen'>,
    logger: Logger,
  ): Promise<HttpsCertificate | undefined> {
    const { certificateFile, keyFile } = config.tls;
    if (certificateFile !== undefined && keyFile !== undefined) {
      const read: Read = (now) => loadUserCertificate({ certificateFile, keyFile, now });
      return new HttpsCertificate(read, await read(new Date(), undefined), logger);
    }
    if (config.listen.plainHttp) {
      logger.warn(
        'pages over plain http are allowed: whoever is on the way can read and change everything, passwords and keys that are typed too',
      );
      return undefined;
    }
    if (isLoopback(config.listen.host)) return undefined;
    logger.warn(
      'https uses a certificate made now, which browsers warn of; give your own with --tls-certificate-file and --tls-key-file',
    );
    const read = ownCertificate(config);
    return new HttpsCertificate(read, await read(new Date(), undefined), logger);
  }

  /** What is to be shown. */
  get shown(): Certificate {
    return this.#shown;
  }

  /**
   * Looks whether there is a new one; a broken one is logged, and the old one kept. What is wrong at one look only is not told:
   * certificate and key do not change at the same moment.
   *
   * @returns the new certificate, undefined when there is none
   */
  async look(now: Date): Promise<Certificate | undefined> {
    try {
      const read = await this.#read(now, this.#shown);
      this.#fault = undefined;
      const { certPem, keyPem } = this.#shown;
      if (read.certPem === certPem && read.keyPem === keyPem) return undefined;
      this.#shown = read;
      this.#logger.info('https certificate renewed', { notAfter: read.notAfter });
      return read;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      this.#noteFault(error.message);
      return undefined;
    }
  }

  /** Looks again and again and hands out each new certificate; the returned function ends it. */
  watch(onRenewed: (certificate: Certificate) => void): () => void {
    const timer = setInterval(() => {
      this.look(new Date()).then(
        (renewed) => {
          if (renewed !== undefined) onRenewed(renewed);
        },
        (error: unknown) => this.#logger.error('https certificate cannot be renewed', { error }),
      );
    }, LOOK_EVERY_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  #noteFault(message: string): void {
    const isAgain = this.#fault?.message === message;
    const isNews = isAgain && this.#fault?.isTold !== true;
    this.#fault = { message, isTold: isAgain };
    if (isNews) {
      const { notAfter } = this.#shown;
      this.#logger.warn('the new https certificate cannot be used, the old one stays', {
        reason: message,
        notAfter,
      });
    }
  }
}

/** Makes certificates for every name and address by which the gateway may be reached. */
function ownCertificate({ listen }: Pick<Config, 'listen'>): Read {
  return async (now, shown) => {
    if (shown !== undefined && now.getTime() < shown.notAfter.getTime() - RENEW_BEFORE_END_MS) {
      return shown;
    }
    const addresses = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .filter(({ scopeid }) => (scopeid ?? 0) === 0)
      .map(({ address }) => address);
    const named = listen.publicOrigins.map((origin) => new URL(origin).hostname);
    return makeCertificate({ hosts: [...new Set(['localhost', ...named, ...addresses])], now });
  };
}
