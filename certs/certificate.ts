import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

import { generate } from 'selfsigned';

/** A certificate and what a client pins of it. The key is in memory only. */
export interface Certificate {
  /** PEM, one certificate. */
  readonly certPem: string;
  /** PEM, PKCS#8, unencrypted. Never logged, never sent. */
  readonly keyPem: string;
  /** SHA-256 of the DER form, 32 bytes: what `serverCertificateHashes` of a browser takes. */
  readonly sha256: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What to certify. */
export interface CertificateOptions {
  /** Days from `notBefore` to `notAfter`, more than 0 and at most 14; 13 by default. */
  readonly validDays?: number;
  /** DNS names and IP addresses, at least one. The first is the common name too. */
  readonly hosts: readonly string[];
  /** The present; validity begins an hour before, for clients whose clocks are late. */
  readonly now: Date;
}

/** Browsers refuse a pinned certificate that is valid for longer (W3C WebTransport, "custom certificate requirements"). */
const MAX_VALID_DAYS = 14;

/** A day less than the most, because the first hour is already over and clocks differ. */
const DEFAULT_VALID_DAYS = 13;

/** How far behind a client's clock may be, milliseconds; a guess, large enough for a machine that skipped one time zone change. */
const CLOCK_TOLERANCE_MS = 3_600_000;

const DAY_MS = 86_400_000;

/** An X.520 common name has at most 64 characters; browsers only read the alternative names. */
const MAX_COMMON_NAME_LENGTH = 64;

/**
 * Makes an ECDSA P-256 key and a self-signed certificate for it, which browsers accept by its hash (RSA is refused there).
 *
 * @throws RangeError when `validDays` is out of range or `hosts` is empty
 */
export async function makeCertificate(options: CertificateOptions): Promise<Certificate> {
  const validDays = options.validDays ?? DEFAULT_VALID_DAYS;
  if (!(validDays > 0 && validDays <= MAX_VALID_DAYS)) {
    throw new RangeError(
      `validDays: expected more than 0 and at most ${MAX_VALID_DAYS}, got ${validDays}`,
    );
  }
  const [first] = options.hosts;
  if (first === undefined) throw new RangeError('hosts: expected at least one, got none');

  const notBefore = new Date(options.now.getTime() - CLOCK_TOLERANCE_MS);
  const { cert, private: keyPem } = await generate(
    [{ name: 'commonName', value: first.slice(0, MAX_COMMON_NAME_LENGTH) }],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: notBefore,
      notAfterDate: new Date(notBefore.getTime() + validDays * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: options.hosts.map(alternativeName) },
      ],
    },
  );
  const parsed = new X509Certificate(cert);
  return {
    // A chain is made by joining PEM blocks, each of which has to end its line.
    certPem: `${cert.trimEnd()}\n`,
    keyPem: `${keyPem.trimEnd()}\n`,
    sha256: certificateSha256(parsed),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
  };
}

/** SHA-256 of a certificate's DER form, 32 bytes. */
export function certificateSha256(certificate: X509Certificate): Uint8Array {
  return new Uint8Array(createHash('sha256').update(certificate.raw).digest());
}

/** RFC 5280, 4.2.1.6: 2 is a DNS name, 7 an IP address. */
function alternativeName(host: string): { type: 7; ip: string } | { type: 2; value: string } {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };
}
