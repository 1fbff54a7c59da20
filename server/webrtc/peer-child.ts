/**
 * The process that carries WebRTC's peers, and the only one that loads the library: a fault in it ends this process and nothing else.
 * Started by `ForkedPeerStack`; frames pass on descriptor 3. It ends by SIGKILL, since the library's clean-up can crash while its
 * threads still tell of the ends of connections.
 */
import { Socket } from 'node:net';
import { FramePipe } from './frame-pipe.ts';
import { loadDataChannel, type DataChannelModule } from './node-datachannel-api.ts';
import { NodeDataChannelStack } from './node-datachannel.ts';
import { PeerHost } from './peer-host.ts';
import { FRAME_FD, type PeerProcessConfig } from './peer-process.ts';

/** From the end of the gateway's side to that of the process, milliseconds: closing packets leave on the library's threads (a guess). */
const FAREWELL_MS = 200;

function die(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error(reason);
}

async function load(): Promise<DataChannelModule> {
  try {
    return await loadDataChannel();
  } catch (error) {
    const [cause] = (error instanceof Error ? error.message : String(error)).split('\n');
    return die(`the library node-datachannel does not load: ${cause ?? 'no reason given'}`);
  }
}

const config = JSON.parse(process.argv[2] ?? '') as PeerProcessConfig;
const stack = new NodeDataChannelStack(await load(), {
  ...config,
  onComplaint: (message) => host.complain(message),
});
const pipe = new FramePipe({
  socket: new Socket({ fd: FRAME_FD, readable: true, writable: true }),
  onFrame: (frame) => host.take(frame),
  // The gateway wants the end, or is gone.
  onEnd: (reason) => {
    void stack.close();
    setTimeout(() => die(reason ?? 'the gateway has ended its side'), FAREWELL_MS);
  },
});
const host: PeerHost = new PeerHost(stack, (frame, rule) => pipe.send(frame, rule));
