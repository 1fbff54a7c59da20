import { expect, it } from 'vitest';
import { startVirtualDesktop } from '../../../server/desktop/virtual-desktop.ts';
import { childrenOf } from '../../support/processes.ts';
import { silentLogger } from '../../support/silent-logger.ts';

// A terminal that maps its window while the window manager takes over hangs before it starts its shell.
it('the terminal of a new desktop has its shell, start after start in one process', async () => {
  for (let start = 0; start < 4; start += 1) {
    const desktop = await startVirtualDesktop({
      width: 640,
      height: 480,
      sound: false,
      logger: silentLogger,
    });
    try {
      const shell = () => {
        const { pid } = desktop.parts.find(({ name }) => name === 'program') ?? {};
        return pid === undefined ? undefined : childrenOf(pid)[0];
      };
      await expect.poll(shell, { timeout: 5_000, message: `start ${start}` }).toBeDefined();
    } finally {
      await desktop.close();
    }
  }
});
