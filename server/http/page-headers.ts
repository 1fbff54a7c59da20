/** Names of the Trusted Types policies that the page may make: our script addresses, and the templates of lit. */
const TRUSTED_TYPES_POLICIES = 'oriel lit-html';

/** What the desktop may ask the browser for; everything else that is powerful stays off, for the page and for frames. */
const ALLOWED_FEATURES = [
  'autoplay',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'fullscreen',
  'gamepad',
  'picture-in-picture',
  'screen-wake-lock',
] as const;
const DENIED_FEATURES = [
  'accelerometer',
  'camera',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
  'xr-spatial-tracking',
] as const;

const permissionsPolicy = [
  ...ALLOWED_FEATURES.map((feature) => `${feature}=(self)`),
  ...DENIED_FEATURES.map((feature) => `${feature}=()`),
].join(', ');

/**
 * The headers of every answer.
 *
 * @param pageHosts hosts with port that the page may be loaded from: its connections go there
 */
export function pageHeaders(pageHosts: readonly string[]): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(pageHosts),
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'permissions-policy': permissionsPolicy,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** CSP level 3 (https://www.w3.org/TR/CSP3/): scripts and workers are files of this server, nothing is inline. */
function contentSecurityPolicy(pageHosts: readonly string[]): string {
  const connections = pageHosts.filter(isNameable).flatMap((host) => [
    `ws://${host}`,
    `wss://${host}`,
    // WebTransport may have a port of its own, and moves to a second one when its certificate is renewed.
    `https://${host.replace(/:\d+$/, '')}:*`,
  ]);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    // Cursor images are made in the page.
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    `connect-src ${["'self'", ...connections].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${TRUSTED_TYPES_POLICIES}`,
  ].join('; ');
}

/**
 * A policy cannot name an IPv6 address (CSP level 3, section 2.3.1: host-char has no colon; Chromium warns and ignores it). 'self'
 * still covers such a page's WebSocket, and WebTransport at the same port number.
 */
function isNameable(host: string): boolean {
  return !host.startsWith('[');
}
