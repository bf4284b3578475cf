/** What somebody may sign in with, as the server has it, in the words of the `pattern` of a field. */
export const SIGN_IN_NAME_PATTERN = '[\\p{L}\\p{M}\\p{N}._@+\\-]{1,64}'

/** The longest name by which others see somebody. */
export const LONGEST_DISPLAY_NAME = 100
