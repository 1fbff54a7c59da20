import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { certificateSha256, type Certificate } from './certificate.ts';

/** What can be wrong with a certificate that a user gave. */
export type CertificateFault =
  'missing' | 'unreadable' | 'malformed' | 'encrypted' | 'mismatch' | 'expired' | 'notYetValid';

/** A user's certificate or key cannot be used; the message names the file and what is wrong with it. */
export class CertificateError extends Error {
  readonly code: CertificateFault;

  constructor(code: CertificateFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CertificateError';
    this.code = code;
  }
}

/** Where a user's certificate lies. */
export interface UserCertificateOptions {
  /** PEM file: the certificate first, then its intermediates. */
  readonly certificateFile: string;
  /** PEM file of the unencrypted private key. */
  readonly keyFile: string;
  readonly now: Date;
}

/**
 * Reads a user's certificate and key for HTTPS and checks that they can be used: both parse, belong together, and are
 * valid now. `certPem` keeps the whole chain; `sha256` and the dates are those of its first certificate.
 *
 * @throws CertificateError
 */
export async function loadUserCertificate(options: UserCertificateOptions): Promise<Certificate> {
  const [certPem, keyPem] = await Promise.all([
    readPem(options.certificateFile, 'certificate'),
    readPem(options.keyFile, 'key'),
  ]);
  const certificate = parseCertificate(certPem, options.certificateFile);
  const key = parseKey(keyPem, options.keyFile);
  if (!certificate.checkPrivateKey(key)) {
    throw new CertificateError(
      'mismatch',
      `key file ${options.keyFile}: expected the key of certificate file ${options.certificateFile}, got another key`,
    );
  }
  const { validFromDate: notBefore, validToDate: notAfter } = certificate;
  if (options.now >= notAfter) {
    throw new CertificateError(
      'expired',
      `certificate file ${options.certificateFile}: expired at ${notAfter.toISOString()}`,
    );
  }
  if (options.now < notBefore) {
    throw new CertificateError(
      'notYetValid',
      `certificate file ${options.certificateFile}: not valid before ${notBefore.toISOString()}`,
    );
  }
  return { certPem, keyPem, sha256: certificateSha256(certificate), notBefore, notAfter };
}

async function readPem(file: string, what: 'certificate' | 'key'): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw isMissing
      ? new CertificateError('missing', `${what} file ${file}: not found`, { cause })
      : new CertificateError('unreadable', `${what} file ${file}: cannot be read`, { cause });
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CertificateError(
      'malformed',
      `certificate file ${file}: expected a PEM certificate`,
      { cause },
    );
  }
}

function parseKey(pem: string, file: string): KeyObject {
  if (pem.includes('ENCRYPTED')) {
    throw new CertificateError(
      'encrypted',
      `key file ${file}: expected an unencrypted key, got an encrypted one`,
    );
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CertificateError('malformed', `key file ${file}: expected a PEM private key`, {
      cause,
    });
  }
}
