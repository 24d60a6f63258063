/**
 * Java's inline flags: i case-insensitive, s a dot is any character, m lines for ^ and $, x comments, d lines end with
 * \n only, u case beyond ASCII, U classes beyond ASCII.
 */
export type Flag = 'i' | 's' | 'm' | 'x' | 'd' | 'u' | 'U';
export type Flags = ReadonlySet<Flag>;
