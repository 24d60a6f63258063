/**
 * One request target out of two, as it goes on the wire: the first one's path, then the second one's, then both
 * queries. It starts with exactly one slash (gorouter knows no `//path`, facts/cloud-foundry.md 5.4, and others read
 * `//host` out of it). What is percent-encoded stays so; what may not stand there raw (RFC 3986 3.3, 3.4) is encoded.
 */
export function wirePath(base: string, path: string): string {
  const [basePath, baseQuery] = splitQuery(base);
  const [lastPath, lastQuery] = splitQuery(path);
  const tail = lastPath.replace(/^\/+/, '');
  const head = basePath.replace(/^\/+/, '').replace(/(?<!\/)\/+$/, '');
  const joined = lastPath === '' ? basePath.replace(/^\/+/, '') : head === '' ? tail : `${head}/${tail}`;
  const query = [baseQuery, lastQuery].filter((part) => part !== undefined).join('&');
  const hasQuery = baseQuery !== undefined || lastQuery !== undefined;
  return encode(hasQuery ? `/${joined}?${query}` : `/${joined}`);
}

function splitQuery(target: string): readonly [path: string, query: string | undefined] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
}

function encode(text: string): string {
  return text.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/g, percentEncode);
}

function percentEncode(text: string): string {
  // Buffer, not encodeURIComponent: that one throws at a lone surrogate.
  return [...Buffer.from(text, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
