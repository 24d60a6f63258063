/** Rows of test/fixtures/java-expressions.json that Java takes and we refuse, by the reason that we give. */
export const KNOWN_REFUSALS: readonly KnownRefusal[] = [
  {
    reason: '\\X, which has no counterpart; \\P{M}\\p{M}* comes close to it',
    rows: [
      ['name', '\\X'],
      ['route', '\\X'],
    ],
  },
  {
    reason: '\\b{g}, which has no counterpart; look for the characters themselves',
    rows: [
      ['name', '\\b{g}a'],
      ['route', '\\b{g}a'],
    ],
  },
  {
    reason: '\\N, a character by its name, which JavaScript does not know; write \\x{…}',
    rows: [
      ['name', '\\N{LATIN SMALL LETTER A}'],
      ['route', '\\N{LATIN SMALL LETTER A}'],
    ],
  },
  {
    reason:
      'the flag c (canonical equivalence), which has no counterpart; leave it out and write the characters composed',
    rows: [
      ['name', '(?c)a'],
      ['route', '(?c)a'],
    ],
  },
  {
    reason: 'a && with nothing behind it; write \\& for the character',
    rows: [
      ['name', '[a&&]'],
      ['route', '[a&&]'],
    ],
  },
  {
    reason:
      'a back-reference to a group that only some rounds of a repetition pass; write the rounds one after the other',
    rows: [
      ['name', '(?:(a)|b)*\\1'],
      ['route', '(?:(a)|b)*\\1'],
      ['name', '(?!9[^\\-b](\\p{InBasicLatin}+?){0,2}){1,}(?>(?i:(?:\\x{62}{0}?)\\1)*+)'],
      [
        'name',
        '(?d)(?u)\\1(?:(?:[.-Ac]|(?<n0>[^\\-]|\\R{2}a[1a-zA-Z\\H])|(?<=\\B(?i)|A[0-9s]{2})+\\p{Alnum}{1,})9{2}\\x{62})*',
      ],
      [
        'name',
        '(?U)(?s-i:(?!(?<n0>\r*+(?-i))[b])*)?(?i:\\k<n0>{0,2}?([a-c]|s{0}+.){0,2}?)|\\b(?<n1>[A]*+(?>(?>😀\r)ßB?))(?<n2>(?>[a-c\\x41-CÉ&&[^\\d]])*)',
      ],
    ],
  },
  {
    reason:
      'a back-reference to what its group held in an earlier round of a repetition; write the rounds one after the other',
    rows: [
      ['name', '(?:\\1b|(a))*'],
      ['route', '(?:\\1b|(a))*'],
      ['name', '[^É] (\r(?!A{1,3}?|)\\1+){0,2}'],
      ['route', '([[a]sà-ý]((\\3+?[A[\\x41-Cbb]])[C9]{1,}?[.-A\n]*)){0,2}'],
    ],
  },
  {
    reason:
      'a back-reference to a group in a repetition of what may be empty; write the repetition so that each round takes a character',
    rows: [
      ['name', '(a|)*\\1b'],
      ['route', '(a|)*\\1b'],
    ],
  },
  {
    reason: 'a back-reference to a group in a negated look-around, which holds nothing',
    rows: [
      ['name', '(?!(a))\\1b'],
      ['route', '(?!(a))\\1b'],
      [
        'route',
        '[cA](?<!(?!(?=\\S{0}).(?<n0>.\\v?)){0})(?i:(?=[\r])*?|(?=(\\p{Punct}[ſ[[\\p{Alpha}&&[^\\d]]]])[a_-a[[.\\P{Lu}\\-]\\-]]+){2}+(?=(?:\\Qſ.\\E+[😀]\\k<n0>)??\\h$??)*?(?!9(?:[[\\p{Lu}A]\\s])))',
      ],
    ],
  },
  {
    reason:
      'a back-reference to a group within what is repeated, where Java may compare with a round that it has undone; write the last round by itself',
    rows: [
      ['name', '(?:(.)-)+\\1'],
      ['route', '(?:(.)-)+\\1'],
      ['route', '(?-i)(?<n0>\\R)+\\k<n0>*?'],
      [
        'name',
        '((\\Qa.\\E\\p{InBasicLatin}){1,3}+(?-i:[^É]\\R|(?<n0>b{1,}+s[^bſ]|a{0}?[^a-c]\\pL)[\\hsſ]{1,}?a)|(?s-i:\\s)|(?m)9[_aZ-b])\\2|1',
      ],
      ['name', '\n(?>\n?(?>a+|\\Qé.\\E|\\R*[a.-Aa])s)|😀+\\1(?s-i:[a-zA-Z]((\\Z\n$)++.\\d{1,3}+)++\\R)| '],
      ['route', '(\\Z([ß[bA]C](?m)))*+(?-i)\\1'],
      [
        'route',
        '(?-i:(?:([^b\\SA]B[[^a-cÉA-C]])B{2}(?s-i:[\\x41]{0}\\V{2})*)++\\D(?:(?:[^\\x41-Cé\\t][[^\\-A[ \\P{Lu}\\x41-C]]\\u0061\\V]B){0}[a]*+|)*)(?-i:(?-i:(?-i:[^[^aß]s-ſ].[Z-b]+))\\1(?m)){1,}',
      ],
    ],
  },
  {
    reason:
      'a back-reference under the flags i and u; write (?-u:…) around it, so that it compares without regard to the case of a to z only',
    rows: [
      ['name', '(?iu)(é)\\1'],
      ['route', '(?iu)(é)\\1'],
    ],
  },
  {
    reason:
      'a back-reference without regard to case, where other parts have regard to it; write the whole with (?i), or (?-i:…) around it and all else',
    rows: [
      ['name', '(?i)(a)\\1(?-i)B'],
      ['route', '(?i)(a)\\1(?-i)B'],
      ['route', 'b((\\R)(?i:\\1??\\2{0,2}+[[^ba\\w&&[a-c]]0-9]).)\\D{0}'],
    ],
  },
];

interface KnownRefusal {
  readonly reason: string;
  /** Flag and expression. */
  readonly rows: readonly (readonly ['name' | 'route', string])[];
}
