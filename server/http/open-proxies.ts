import { readFileSync } from 'node:fs';

import { networkList } from '../config/networks.ts';
import type { Config } from '../config/schema.ts';
import { TrustedProxies } from './proxies.ts';

/** The least length of the secret of a proxy, in characters: random ones of 16 are out of reach of guessing. */
const MIN_PROXY_SECRET_CHARACTERS = 16;

/**
 * The reverse proxies that the settings name, with the secret of their identities read from its file.
 *
 * @throws Error when the file cannot be read or the secret is short
 */
export function openProxies({ proxies }: Pick<Config, 'proxies'>): TrustedProxies {
  const trusted = networkList(proxies.trusted);
  const { identityHeader: header, secretFile, controllers } = proxies;
  if (header === undefined || secretFile === undefined) return new TrustedProxies({ trusted });
  const secret = readFileSync(secretFile, 'utf8').replace(/\r?\n$/, '');
  if (secret.length < MIN_PROXY_SECRET_CHARACTERS) {
    throw new Error(
      `proxies.secretFile: expected at least ${MIN_PROXY_SECRET_CHARACTERS} characters, got ${secret.length}`,
    );
  }
  return new TrustedProxies({ trusted, identity: { header, secret, controllers } });
}
