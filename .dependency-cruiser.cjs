/**
 * Who may lean on whom. The floors: protocol, gst and certs on the ground, server and client above, which never import
 * each other. Inside the server, siblings meet in compose.ts or through a contract file that holds types only.
 */
const serverRoom = (name, allowed) => ({
  name: `server-${name}`,
  comment: `server/${name} leans only on the ground floor, itself and ${allowed.join(', ') || 'nothing else'}`,
  severity: 'error',
  from: { path: `^server/${name}/` },
  to: {
    path: '^server/',
    pathNot: [
      `^server/${name}/`,
      '^server/session-clock\\.ts$',
      '^server/observe/logger\\.ts$',
      ...allowed,
    ],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'ground-floor',
      comment: 'protocol, gst and certs import nothing of ours but themselves',
      severity: 'error',
      from: { path: '^(protocol|gst|certs)/' },
      to: { path: '^(protocol|gst|certs|server|client|test|setup)/', pathNot: '^$1/' },
    },
    {
      name: 'protocol-is-pure',
      comment: 'the wire has no package, no Node module and no DOM',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { dependencyTypes: ['npm', 'core'] },
    },
    {
      name: 'client-knows-protocol-only',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(gst|certs|server|test|setup)/' },
    },
    {
      name: 'server-never-client',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(client|test|setup)/' },
    },
    {
      name: 'addon-in-the-child-only',
      comment: 'the GStreamer addon can abort its process, so only the forked child loads it',
      severity: 'error',
      from: { pathNot: '^gst/child\\.ts$' },
      to: { path: 'gstreamer-superficial' },
    },
    {
      name: 'webrtc-library-in-the-child-only',
      comment: 'the WebRTC library can crash its process, so only the forked child has it',
      severity: 'error',
      from: { pathNot: '^server/webrtc/peer-child\\.ts$' },
      to: { path: '^server/webrtc/node-datachannel\\.ts$' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    serverRoom('config', []),
    serverRoom('observe', []),
    serverRoom('ingest', []),
    serverRoom('schedule', ['^server/transport/transport\\.ts$']),
    serverRoom('transport', []),
    serverRoom('signaling', []),
    serverRoom('webrtc', [
      '^server/ingest/rfc4571\\.ts$',
      '^server/signaling/',
      '^server/transport/',
      '^server/http/(webrtc-door|grant|secret)\\.ts$',
    ]),
    serverRoom('media', ['^server/ingest/', '^server/config/(schema|rtp-address)\\.ts$']),
    serverRoom('desktop', ['^server/config/schema\\.ts$', '^server/session/desktop-ports\\.ts$']),
    serverRoom('http', [
      '^server/config/(schema|networks)\\.ts$',
      '^server/session/request-port\\.ts$',
    ]),
    serverRoom('hooks', ['^server/config/schema\\.ts$', '^server/session/session-observer\\.ts$']),
    serverRoom('health', ['^server/http/probes\\.ts$']),
    serverRoom('metrics', [
      '^server/config/schema\\.ts$',
      '^server/http/fault\\.ts$',
      '^server/ingest/access-unit\\.ts$',
      '^server/media/media-source\\.ts$',
      '^server/session/(encoder-steering|session-observer|viewer-status)\\.ts$',
    ]),
    serverRoom('session', [
      '^server/config/schema\\.ts$',
      '^server/transport/transport\\.ts$',
      '^server/schedule/',
      '^server/ingest/access-unit\\.ts$',
      '^server/observe/',
    ]),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
