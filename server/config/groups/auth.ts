import { z } from 'zod';

/** The least length of a password: a shorter one falls to guessing at the pace that the login allows (guess). */
const MIN_PASSWORD_CHARACTERS = 8;

/** The least length of the key of the cookies: 192 bits in base64. */
const MIN_KEY_CHARACTERS = 32;

/** Who is let in. */
export const auth = z
  .strictObject({
    password: z
      .string()
      .min(MIN_PASSWORD_CHARACTERS)
      .optional()
      .describe(
        'Password that lets people in as controllers, beside one-time links. There is none unless given.',
      )
      .meta({ secret: true, expected: `at least ${MIN_PASSWORD_CHARACTERS} characters` }),
    passwordFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the password; one line break at its end is ignored.')
      .meta({ path: true }),
    loginKey: z
      .string()
      .min(MIN_KEY_CHARACTERS)
      .optional()
      .describe(
        'Key that signs the cookies of logins: with the same one, a gateway knows the logins of its predecessor. A fresh one at each start unless given.',
      )
      .meta({ secret: true, expected: `at least ${MIN_KEY_CHARACTERS} characters` }),
    loginKeyFile: z
      .string()
      .min(1)
      .optional()
      .describe('File that holds the key; one line break at its end is ignored.')
      .meta({ path: true }),
    tokenSeconds: z
      .int()
      .min(10)
      .max(86_400)
      .default(120)
      .describe('How long a one-time link can be opened.')
      .meta({ unit: 's' }),
  })
  .prefault({})
  .meta({ title: 'Login', flat: true });
