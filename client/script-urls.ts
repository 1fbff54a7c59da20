/**
 * Addresses of our own worker scripts as the page's policy demands them: with Trusted Types enforced
 * (https://www.w3.org/TR/trusted-types/), a worker starts only from an address that a named policy has passed.
 */

interface ScriptUrlPolicy {
  createScriptURL(input: string): string;
}

interface TrustedTypesFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (input: string) => string },
  ): ScriptUrlPolicy;
}

/** Name of the policy; the server's Content-Security-Policy allows it (`trusted-types oriel`). */
const POLICY_NAME = 'oriel';

const factory = (globalThis as { readonly trustedTypes?: TrustedTypesFactory }).trustedTypes;
const policy = factory?.createPolicy(POLICY_NAME, { createScriptURL: requireOwnScript });

/** Passes the address of a script that the build made; throws a TypeError for any other origin. */
export function scriptUrl(address: string): string {
  return policy === undefined ? requireOwnScript(address) : policy.createScriptURL(address);
}

function requireOwnScript(address: string): string {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) {
    throw new TypeError(`script address: expected ${location.origin}, got ${url.origin}`);
  }
  return url.href;
}
