/** Shortest password the studio sends, characters. The server decides. */
export const MIN_PASSWORD_LENGTH = 8
