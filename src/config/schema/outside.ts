import { z } from 'zod';
import { address, flag, javaSwitch, knownTo, secret, text, whole } from './option.js';

// Options outside of Promregator's own names, which its users know from elsewhere.

/** Those of Prometheus' own programs; flags on the command line. */
export const webSchema = z
  .object({
    config: z
      .object({
        file: text()
          .optional()
          .describe("File of Prometheus' exporter-toolkit with TLS, users and headers; excludes server.ssl."),
      })
      .prefault({}),
    'enable-lifecycle': flag().default(false).describe('Serve POST /-/reload, which reads the configuration anew.'),
  })
  .prefault({});

/** How values that begin with {cipher} are decrypted; read before all other options. */
export const encryptSchema = z
  .object({
    key: secret()
      .optional()
      .describe('Pass phrase of values that begin with {cipher}; also as ENCRYPT_KEY.')
      .meta(knownTo('all')),
    salt: text()
      .optional()
      .describe('Salt of that pass phrase, in hexadecimal digits; deadbeef unless set.')
      .meta(knownTo('all')),
  })
  .prefault({});

const store = (what: string) => ({
  file: javaSwitch(text()).optional().describe(`Java switch: ${what} (PKCS#12).`).meta(knownTo('all')),
  password: javaSwitch(secret()).optional().describe('Java switch: password of that store.').meta(knownTo('all')),
  type: javaSwitch(text())
    .optional()
    .describe('Java switch, passed over: the store itself says what it is.')
    .meta(knownTo('all')),
});

const trust = store('store of authorities to trust for applications and the Cloud Foundry API');
const key = store('store with the client certificate towards applications');

export const javaxSchema = z
  .object({
    net: z
      .object({
        ssl: z
          .object({
            trustStore: trust.file,
            trustStorePassword: trust.password,
            trustStoreType: trust.type,
            keyStore: key.file,
            keyStorePassword: key.password,
            keyStoreType: key.type,
          })
          .prefault({}),
      })
      .prefault({}),
  })
  .prefault({});

const proxyHost = (scheme: string) =>
  javaSwitch(address())
    .optional()
    .describe(`Java switch: proxy towards applications by ${scheme}, where promregator.scraping.proxy names none.`)
    .meta(knownTo('all'));

const proxyPort = (byDefault: number) =>
  javaSwitch(whole(1, 65_535))
    .optional()
    .describe(`Java switch: port of that proxy; ${byDefault} unless set.`)
    .meta(knownTo('all'));

export const httpSchema = z
  .object({
    proxyHost: proxyHost('http'),
    proxyPort: proxyPort(80),
    nonProxyHosts: javaSwitch(text())
      .optional()
      .describe('Java switch: hosts that the two Java proxies do not count for, separated by |, with * at either end.')
      .meta(knownTo('all')),
  })
  .prefault({});

export const httpsSchema = z.object({ proxyHost: proxyHost('https'), proxyPort: proxyPort(443) }).prefault({});
