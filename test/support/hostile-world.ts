// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what an attacker tries
import type { World } from '../../simulator/simulator.js';

/** What a tenant may try as a name, by what it is. */
export const HOSTILE_TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['NUL', 'a\u0000b'],
  ['terminal escapes', 'x\u001b[2J\u001b]0;owned\u0007\u009b31m\u0008\u007f'],
  ['line breaks', 'a\nb\r\nc\u000bd\u0085e\u2028f\u2029g'],
  [
    'a forged line of the log',
    'x\n{"level":"error","logger":"main","message":"forged"}\n2026-01-01T00:00:00.000Z ERROR',
  ],
  ['a forged sample', 'x"} 1\npromregator_forged 1\npromregator_other{y="'],
  ['quotes and backslashes', `"'\`\\\\"\\n\\u0000\\`],
  ['placeholders', '${cf.password}#{x}%s%n{{ $value }}$(reboot)'],
  ['markup', '</pre><script>alert(1)</script><!--'],
  ['marks of direction', '\u202egnp.exe\u2066x\u2069\u200f\u061c\ufeff'],
  ['lone surrogates', '\ud800a\udc00'],
  ['emoji', '👩\u200d👩\u200d👧🇩🇪😀'],
  ['paths', '../../..\\..%2f//host/@x#y?z'],
  ['10,000 characters', 'x'.repeat(10_000)],
  ['10,000 halves of emoji', '😀'.repeat(5_000)],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['blanks', ' \t\u00a0\u3000 '],
];

/** What no terminal, log or page may be given as it is; line breaks are looked at by themselves. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
export const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

export interface HostileApplication {
  readonly what: string;
  readonly text: string;
  /** One that is scraped, and one that answers 500. */
  readonly good: string;
  readonly failing: string;
}

/**
 * For each text an organization, a space and applications that are called so, with a label, an annotation, a process, a
 * domain and a route of that name.
 */
export function populate(world: World): readonly HostileApplication[] {
  const domain = world.domains()[0]?.guid ?? '';
  return HOSTILE_TEXTS.map(([what, text], number) => {
    const organization = world.createOrganization({ name: text });
    const { guid: space } = world.createSpace({ name: text, organization: organization.guid });
    const metadata = { labels: { [text]: text }, annotations: { [text]: text } };
    const other = world.createDomain({ name: text, organization: organization.guid });
    const deploy = (host: string, status: number): string => {
      const { guid } = world.deployApplication({
        name: text,
        space,
        ...metadata,
        processes: [{ type: text, instances: 1 }],
        routes: [
          { host: text, domain, path: `/${text}` },
          { host, domain: other.guid },
          { host, domain },
        ],
        // Its own body says its name too, and whether that is well-formed is the application's affair.
        behaviour: { canned: { status, body: 'app_jobs 7\n' } },
      });
      return guid;
    };
    return { what, text, good: deploy(`good-${number}`, 200), failing: deploy(`failing-${number}`, 500) };
  });
}

/** As it is in UTF-8: halves of characters have no form there. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}
