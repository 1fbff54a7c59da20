import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeCertificate, type Certificate } from '../../../certs/certificate.ts';
import { loadUserCertificate, type CertificateError } from '../../../certs/user-certificate.ts';

const now = new Date('2026-03-01T12:00:00Z');

describe('loadUserCertificate', () => {
  let directory: string;
  let certificate: Certificate;
  const at = (name: string): string => join(directory, name);
  const load = (certificateFile: string, keyFile: string, moment = now): Promise<Certificate> =>
    loadUserCertificate({
      certificateFile: at(certificateFile),
      keyFile: at(keyFile),
      now: moment,
    });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'oriel-test-'));
    certificate = await makeCertificate({ hosts: ['desk.example'], now });
    const other = await makeCertificate({ hosts: ['desk.example'], now });
    await writeFile(at('certificate.pem'), certificate.certPem);
    await writeFile(at('chain.pem'), certificate.certPem + other.certPem);
    await writeFile(at('key.pem'), certificate.keyPem);
    await writeFile(at('other-key.pem'), other.keyPem);
    await writeFile(at('text.pem'), 'not a certificate');
    await writeFile(
      at('encrypted-key.pem'),
      createPrivateKey(certificate.keyPem).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'secret',
      }),
    );
  });

  afterAll(() => rm(directory, { recursive: true }));

  it('reads a certificate and its key', async () => {
    expect(await load('certificate.pem', 'key.pem')).toEqual(certificate);
  });

  it('keeps the chain and describes its first certificate', async () => {
    const loaded = await load('chain.pem', 'key.pem');
    expect(loaded.sha256).toEqual(certificate.sha256);
    expect(loaded.certPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    ['missing', 'nowhere.pem', 'key.pem', now, 'certificate file'],
    ['missing', 'certificate.pem', 'nowhere.pem', now, 'key file'],
    ['unreadable', '.', 'key.pem', now, 'cannot be read'],
    ['malformed', 'text.pem', 'key.pem', now, 'expected a PEM certificate'],
    ['malformed', 'certificate.pem', 'text.pem', now, 'expected a PEM private key'],
    ['encrypted', 'certificate.pem', 'encrypted-key.pem', now, 'unencrypted'],
    ['mismatch', 'certificate.pem', 'other-key.pem', now, 'got another key'],
    ['expired', 'certificate.pem', 'key.pem', new Date('2026-03-14T11:00:00Z'), 'expired at 2026'],
    ['notYetValid', 'certificate.pem', 'key.pem', new Date('2026-03-01T10:00:00Z'), 'not valid'],
  ] as const)(
    'says what is wrong: %s (%s, %s)',
    async (code, certificateFile, keyFile, moment, text) => {
      const error: unknown = await load(certificateFile, keyFile, moment).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        name: 'CertificateError',
        code,
      } satisfies Partial<CertificateError>);
      expect((error as Error).message).toContain(text);
    },
  );
});
