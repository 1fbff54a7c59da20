import { z } from 'zod';

/** The private desktop, and the size of the picture. */
export const desktop = z
  .strictObject({
    width: evenPixels()
      .default(1280)
      .describe('Width of the desktop or test picture.')
      .meta({ unit: 'px' }),
    height: evenPixels()
      .default(720)
      .describe('Height of the desktop or test picture.')
      .meta({ unit: 'px' }),
    command: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Program of the desktop, run by `sh -c` and started again when it ends; a terminal unless given.',
      ),
  })
  .prefault({})
  .meta({ title: 'Desktop' });

/** H.264 in 4:2:0 has half as many colour samples each way, so a picture's sides are even. */
function evenPixels() {
  return z.int().min(16).max(8192).multipleOf(2);
}
