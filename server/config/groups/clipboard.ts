import { z } from 'zod';

/** Text that is copied on one side and pasted on the other. */
export const clipboard = z
  .strictObject({
    direction: z
      .enum(['both', 'toDesktop', 'fromDesktop', 'off'])
      .default('both')
      .describe(
        'Which way copied text goes between the desktop and the browser of the one who has control.',
      ),
    primary: z
      .boolean()
      .default(false)
      .describe(
        'Whether what is selected with the mouse counts as copied (the selection PRIMARY of X11), and the middle button pastes what the browser gave.',
      ),
  })
  .prefault({})
  .meta({ title: 'Clipboard' });
