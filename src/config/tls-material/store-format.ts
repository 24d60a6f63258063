import { type ProblemText, quote } from '../report.js';

/** The first bytes of Java's own formats. */
const JAVA_FORMATS: ReadonlyMap<string, 'JKS' | 'JCEKS'> = new Map([
  ['feedfeed', 'JKS'],
  ['cececece', 'JCEKS'],
]);

/** What is wrong with a store by the look of its first bytes; undefined when it may be PKCS#12. */
export function foreignStoreProblem(bytes: Uint8Array, file: string): ProblemText | undefined {
  const start = Buffer.from(bytes.subarray(0, 64));
  const format = JAVA_FORMATS.get(start.toString('hex', 0, 4));
  if (format !== undefined) {
    return {
      found: `${quote(file)}, a store in Java's own format ${format}`,
      expected: 'a PKCS#12 store',
      remedy: `convert it and name that file: ${conversion(file, format)}`,
    };
  }
  if (start.toString('latin1').includes('-----BEGIN ')) {
    return {
      found: `${quote(file)}, a PEM text`,
      expected: 'a PKCS#12 store',
      remedy: 'name it in the tls_config instead: ca_file, or cert_file and key_file',
    };
  }
  return undefined;
}

function conversion(file: string, format: 'JKS' | 'JCEKS'): string {
  const target = `${file.replace(/\.(?:jks|jceks|ks|keystore|truststore)$/i, '')}.p12`;
  const source = `-srckeystore ${shellWord(file)}${format === 'JKS' ? '' : ` -srcstoretype ${format}`}`;
  return `keytool -importkeystore ${source} -destkeystore ${shellWord(target)} -deststoretype PKCS12`;
}

function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
