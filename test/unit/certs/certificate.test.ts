import { createHash, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { writeCertificateFiles } from '../../../certs/certificate-files.ts';
import { makeCertificate } from '../../../certs/certificate.ts';

const now = new Date('2026-03-01T12:00:00Z');
const hosts = ['localhost', '127.0.0.1', '::1'];

describe('makeCertificate', () => {
  it('makes an ECDSA P-256 certificate for the hosts', async () => {
    const parsed = new X509Certificate((await makeCertificate({ hosts, now })).certPem);
    expect(parsed.publicKey.asymmetricKeyType).toBe('ec');
    expect(parsed.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.checkHost('elsewhere.example')).toBeUndefined();
    expect(parsed.ca).toBe(false);
  });

  it('is valid for 13 days, from an hour ago', async () => {
    const certificate = await makeCertificate({ hosts, now });
    expect(certificate.notBefore).toEqual(new Date('2026-03-01T11:00:00Z'));
    expect(certificate.notAfter).toEqual(new Date('2026-03-14T11:00:00Z'));
  });

  it('hashes the DER form with SHA-256', async () => {
    const { certPem, sha256 } = await makeCertificate({ hosts, now });
    const der = Buffer.from(certPem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    expect(Buffer.from(sha256)).toEqual(createHash('sha256').update(der).digest());
  });

  it('makes a new key each time, which fits its certificate', async () => {
    const [one, two] = await Promise.all([
      makeCertificate({ hosts, now }),
      makeCertificate({ hosts, now }),
    ]);
    expect(one.keyPem).not.toBe(two.keyPem);
    expect(one.keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it('refuses what browsers would refuse', async () => {
    await expect(makeCertificate({ hosts, now, validDays: 15 })).rejects.toThrow(RangeError);
    await expect(makeCertificate({ hosts, now, validDays: 0 })).rejects.toThrow(RangeError);
    await expect(makeCertificate({ hosts, now, validDays: NaN })).rejects.toThrow(RangeError);
    await expect(makeCertificate({ hosts: [], now })).rejects.toThrow('expected at least one');
  });
});

describe('writeCertificateFiles', () => {
  it('keeps the files from everybody else and removes them', async () => {
    const certificate = await makeCertificate({ hosts, now });
    const files = await writeCertificateFiles(certificate);
    expect((await stat(dirname(files.keyPath))).mode & 0o777).toBe(0o700);
    expect((await stat(files.keyPath)).mode & 0o777).toBe(0o600);
    expect((await stat(files.certPath)).mode & 0o777).toBe(0o600);
    expect(await readFile(files.certPath, 'utf8')).toBe(certificate.certPem);
    expect(await readFile(files.keyPath, 'utf8')).toBe(certificate.keyPem);

    await files.remove();
    await files.remove();
    await expect(stat(dirname(files.keyPath))).rejects.toThrow('ENOENT');
  });
});
