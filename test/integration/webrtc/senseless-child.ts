/** A process of the WebRTC library that has lost its mind: what it says are no frames. */
import { Socket } from 'node:net';

new Socket({ fd: 3 }).write(Buffer.alloc(64, 0xff));
