import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Certificate } from './certificate.ts';

/** Where a certificate and its key lie for a library that reads files; removed by its owner. */
export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
  /** Removes the files and their directory; idempotent, never rejects. */
  remove(): Promise<void>;
}

/**
 * Writes a certificate and its key into a new directory that only this user can enter (0700), as files that only this
 * user can read (0600). They go when `remove` is called, at the latest when the process exits by itself.
 *
 * @throws Error when the directory for temporary files cannot be written
 */
export async function writeCertificateFiles(certificate: Certificate): Promise<CertificateFiles> {
  // mkdtemp creates the directory with 0700 whatever the umask is; the chmod documents and enforces it.
  const directory = await mkdtemp(join(tmpdir(), 'oriel-certificate-'));
  const removeNow = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', removeNow);
  const remove = async (): Promise<void> => {
    process.off('exit', removeNow);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await chmod(directory, 0o700);
    const certPath = join(directory, 'certificate.pem');
    const keyPath = join(directory, 'key.pem');
    // 'wx' refuses to follow a file that somebody else put there.
    await writeFile(certPath, certificate.certPem, { mode: 0o600, flag: 'wx' });
    await writeFile(keyPath, certificate.keyPem, { mode: 0o600, flag: 'wx' });
    return { certPath, keyPath, remove };
  } catch (cause) {
    await remove();
    throw cause;
  }
}
