import type { Certificate } from '../../certs/certificate.ts';
import { nextRotationStep, type RotationStep, type ServedPort } from '../../certs/rotation.ts';
import type { Logger } from '../observe/logger.ts';
import type { WebTransportListener } from './webtransport-listener.ts';

/** What a page is told, so that it reaches WebTransport. */
export interface CertificateOffer {
  /** The UDP port. */
  readonly port: number;
  /** Whether it is another one than the main port. */
  readonly hasOwnPort: boolean;
  /** SHA-256 of the certificate that is shown there and of the one after it. */
  readonly certificateHashes: readonly Uint8Array[];
}

/** What a port tells its owner. */
export interface PortEvents {
  /** A session has ended. */
  readonly onQuieter: () => void;
  /** The port ended without having been closed. */
  readonly onGone: () => void;
}

/** Which port comes first, and how certificates are made and shown on one. */
export interface CertificatePortsOptions {
  /** The port that pages should be given. */
  readonly mainPort: number;
  /** False for a backend that can show one certificate only: it stays for good. */
  readonly renews: boolean;
  /** The wall clock. */
  readonly now: () => Date;
  readonly logger: Logger;
  /** Makes a certificate that is valid from `from` on. */
  make(from: Date): Promise<Certificate>;
  /** Opens a port (0 = any) that shows a certificate; rejects when it cannot be bound. */
  listen(
    port: number,
    certificate: Certificate,
    events: PortEvents,
  ): Promise<Pick<WebTransportListener, 'port' | 'openSessions' | 'close'>>;
}

interface OpenPort {
  readonly listener: Awaited<ReturnType<CertificatePortsOptions['listen']>>;
  readonly certificate: Certificate;
  readonly isMain: boolean;
  lastOffered: Date;
}

/** How long until the main port is tried again that another program has, milliseconds: as often as the plan is looked at. */
const BLOCKED_MS = 3_600_000;

/** How long until something else is tried again that failed, milliseconds; a guess: short beside the days that are left. */
const RETRY_MS = 60_000;

/**
 * The ports of WebTransport with their certificates, renewed while everything runs (certs/rotation.ts says when). One step
 * at a time; whoever asks for an offer meanwhile waits for it, so that no ticket names a port that is being closed.
 */
export class CertificatePorts {
  readonly #options: CertificatePortsOptions;
  #ports: OpenPort[] = [];
  #next: Certificate | undefined;
  #mainBlockedUntil: Date | undefined;
  #retryAt: Date | undefined;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(options: CertificatePortsOptions) {
    this.#options = options;
  }

  /**
   * Makes the first certificates and opens the first port.
   *
   * @throws Error when no port can be opened
   */
  static async open(options: CertificatePortsOptions): Promise<CertificatePorts> {
    const ports = new CertificatePorts(options);
    await ports.#renew();
    if (ports.#ports.length > 0) return ports;
    await ports.close();
    throw new Error('no udp port can be bound');
  }

  /** What to tell a page now; undefined while there is no port. */
  async offer(): Promise<CertificateOffer | undefined> {
    await this.#renew();
    const current = this.#ports.at(-1);
    if (current === undefined || this.#isClosed) return undefined;
    current.lastOffered = this.#options.now();
    const hashes = [current.certificate, this.#next].flatMap((one) => one?.sha256 ?? []);
    const { port } = current.listener;
    return { port, hasOwnPort: !current.isMain, certificateHashes: hashes };
  }

  /** Numbers of the open ports, in the order in which they were opened. */
  get openPorts(): readonly number[] {
    return this.#ports.map(({ listener }) => listener.port);
  }

  /** Says goodbye to all sessions and closes every port; idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#turn;
    await Promise.all(this.#ports.splice(0).map(({ listener }) => listener.close()));
  }

  /** Does what is to be done now; never rejects. */
  #renew(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#runSteps());
    return this.#turn;
  }

  async #runSteps(): Promise<void> {
    while (!this.#isClosed) {
      const now = this.#options.now();
      const step = this.#nextStep(now);
      if (step.type === 'wait') {
        this.#sleep(step.until);
        return;
      }
      try {
        await this.#perform(step);
      } catch (error) {
        const { logger } = this.#options;
        logger.warn('webtransport certificate: a step of its renewal failed, it is tried again', {
          step: step.type,
          reason: String(error),
        });
        this.#retryAt = new Date(now.getTime() + RETRY_MS);
      }
    }
  }

  #nextStep(now: Date): RotationStep {
    if (this.#retryAt !== undefined && now < this.#retryAt) {
      return { type: 'wait', until: this.#retryAt };
    }
    if (!this.#options.renews && this.#ports.length > 0) {
      return { type: 'wait', until: new Date(now.getTime() + BLOCKED_MS) };
    }
    const ports = this.#ports.map(asServed);
    return nextRotationStep(
      { ports, next: this.#next, mainBlockedUntil: this.#mainBlockedUntil },
      now,
    );
  }

  async #perform(step: Exclude<RotationStep, { type: 'wait' }>): Promise<void> {
    switch (step.type) {
      case 'make':
        this.#next = await this.#options.make(step.from);
        return;
      case 'replace':
        await this.#close(step.close);
        return this.#openNext('main');
      case 'open':
        return this.#openNext(step.where);
      case 'return': {
        const current = this.#ports.at(-1);
        if (current !== undefined) await this.#open('main', current.certificate);
        return;
      }
      case 'close':
        return this.#close(step.port, step.reason);
    }
  }

  async #openNext(where: 'main' | 'beside'): Promise<void> {
    const certificate = this.#next;
    if (certificate === undefined) throw new TypeError('next: expected a certificate, got none');
    if (await this.#open(where, certificate)) this.#next = undefined;
  }

  /** Returns false where the main port is somebody else's, which the plan then knows. */
  async #open(where: 'main' | 'beside', certificate: Certificate): Promise<boolean> {
    const { mainPort, logger, now } = this.#options;
    const isMain = where === 'main';
    let listener: OpenPort['listener'];
    const isThis = ({ listener: other }: OpenPort): boolean => other === listener;
    const events: PortEvents = {
      onQuieter: () => void this.#renew(),
      onGone: () => {
        this.#ports = this.#ports.filter((port) => !isThis(port));
        this.#retryAt = new Date(now().getTime() + RETRY_MS);
        void this.#renew();
      },
    };
    try {
      listener = await this.#options.listen(isMain ? mainPort : 0, certificate, events);
    } catch (error) {
      if (!isMain) throw error;
      logger.warn('webtransport uses another udp port', { port: mainPort, reason: String(error) });
      this.#mainBlockedUntil = new Date(now().getTime() + BLOCKED_MS);
      return false;
    }
    this.#ports.push({ listener, certificate, isMain, lastOffered: now() });
    const { notAfter } = certificate;
    logger.info('webtransport certificate is shown', { port: listener.port, isMain, notAfter });
    return true;
  }

  async #close(index: number, reason?: string): Promise<void> {
    const [port] = this.#ports.splice(index, 1);
    if (port === undefined) return;
    this.#options.logger.info('webtransport port closes', { port: port.listener.port, reason });
    await port.listener.close('the certificate of this port has ended');
  }

  #sleep(until: Date): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const delayMs = Math.max(0, until.getTime() - this.#options.now().getTime());
    this.#timer = setTimeout(() => void this.#renew(), Math.min(delayMs, BLOCKED_MS)).unref();
  }
}

function asServed({ listener, certificate, isMain, lastOffered }: OpenPort): ServedPort {
  const { notBefore, notAfter } = certificate;
  return { notBefore, notAfter, isMain, lastOffered, openSessions: listener.openSessions };
}
