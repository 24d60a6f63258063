/** What stands in place of a text that nobody may see. */
export const MASK = '<secret>';

/** Words that say what a value is. `KEYSPACE` and `MONKEY` are no keys. */
const SECRET_WORD =
  /passw(?:or)?d|passphrase|secret|token|credential|(?:^|[_.-])(?:api|access|private|client)?keys?(?=$|[_.[-])/i;

/** Behind such a word these say where the secret is, or whose it is. */
const BESIDE_SECRET = /[_.-]?(?:file|path|dir|directory|url|uri|host|port|name|user|id)$/i;

/** Cloud Foundry's name for the file of an application's own key. */
const NO_SECRETS: ReadonlySet<string> = new Set(['CF_INSTANCE_KEY']);

/** Whether a name such as `DB_PASSWORD` or `my.api-key` says that its value is a secret. */
export function saysSecret(name: string): boolean {
  return SECRET_WORD.test(name) && !BESIDE_SECRET.test(name) && !NO_SECRETS.has(name);
}

/** A value of any option as it may be shown: without the user of a URL, and without what a query says in secret. */
export function maskText(text: string): string {
  return text
    .replace(/\/\/[^/\s]*@/g, `//${MASK}@`)
    .replace(/^[\w.%~!$&'*+,;=-]*:[^/\s][^\s]*@/, `${MASK}@`)
    .replace(/([?&])([^=&#\s]+)=([^&#\s"]+)/g, (whole, start: string, name: string) =>
      saysSecret(name) ? `${start}${name}=${MASK}` : whole,
    );
}

/** A value of an option that holds an address: what stands before an @ is a user there, whatever it looks like. */
export function maskAddress(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[\s\S]*@/i, `$1${MASK}@`).replace(/\?[\s\S]+$/, `?${MASK}`);
}
