/** `application/x-www-form-urlencoded` text as Ruby's CGI reads it: plus is a space, and what cannot be decoded stays. */
export function formDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** As Ruby's CGI writes it: all but letters, digits and `-._~` is escaped, a space becomes a plus. */
export function formEncode(text: string): string {
  const escaped = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return escaped.replaceAll('%20', '+');
}
