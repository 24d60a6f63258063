/** A part of the reference page. */
export interface Section {
  readonly title: string;
  /** What has to be said before the options, in Markdown. */
  readonly text: string;
  /** Names of options that belong to it. */
  readonly members: RegExp;
  /** Those of them that are shown, where the others are told of in the text. */
  readonly shown?: RegExp;
}

/** In the order of the page; an option belongs to the first that fits. */
export const SECTIONS: readonly Section[] = [
  {
    title: '`cf`: the Cloud Foundry API',
    text: '`api_host` and either user and password or client and secret are mandatory, unless `foundations` or `promregator.simulation.enabled` is set.',
    members: /^cf\.(?!tls_config)/,
  },
  {
    title: '`foundations[]`: several foundations in one process',
    text: 'Each item has a `name` and every option of `cf`, without that prefix: `foundations[0].api_host`. It excludes `cf`; `cf` alone is one foundation of the name `default`.',
    members: /^foundations\[\]\.(?!tls_config)/,
    shown: /\]\.name$/,
  },
  {
    title: '`promregator.targets[]`: rules',
    text: 'What a rule does not restrict it takes all of. A name that is none is an error here, since the rule would take more than was meant.',
    members: /^promregator\.targets\[\](?!\.tls_config)/,
  },
  {
    title: '`tls_config`: TLS towards others',
    text: `By Prometheus's names. The group stands in five places: \`cf.tls_config\` (the Cloud Foundry API and its UAA; in \`foundations[]\` likewise),
\`promregator.scraping.tls_config\` (all applications), \`promregator.targets[].tls_config\` (the applications of one rule, over that of all applications) and
\`promregator.replication.redis.tls_config\` (the server that replicas share).
Files are read at the start, and again when they change.`,
    members: /\.tls_config\./,
    shown: /^promregator\.scraping\.tls_config\./,
  },
  {
    title: '`promregator.scraping`, `promregator.endpoint`: scrapes',
    text: '`promregator.scraping.tls_config` is described under `tls_config`.',
    members: /^promregator\.(?:scraping|endpoint|defaultInternalRoutePort)/,
  },
  {
    title: '`promregator.discovery`: the list of targets',
    text: '',
    members: /^promregator\.(?:discovery|discoverer|cache|trustedProxies)/,
  },
  {
    title: '`promregator.replication`: replicas that know of each other',
    text: `Only for several replicas that are to cost Cloud Foundry what one does; each works without. One of \`url\`, \`sentinel\` and \`fromVcapServices\` says where the
server is. The \`tls_config\` is described above.`,
    members: /^promregator\.replication\.(?!redis\.tls_config)/,
  },
  { title: '`promregator.metrics`: own metrics', text: '', members: /^promregator\.metrics/ },
  {
    title: '`promregator.authenticator`: credentials towards applications',
    text: 'Those of rules without an `authenticatorId`. Only the group that belongs to the type counts.',
    members: /^promregator\.authenticator\./,
  },
  {
    title: '`promregator.targetAuthenticators[]`: credentials by rule',
    text: 'Each item has an `id` and every option of `promregator.authenticator`, without that prefix. One without a type has the global credentials.',
    members: /^promregator\.targetAuthenticators/,
    shown: /\]\.id$/,
  },
  {
    title: '`promregator.authentication`: who may call us',
    text: 'For the endpoints whose `auth` is `BASIC` or `BEARER`: `promregator.discovery.auth`, `.endpoint.auth`, `.metrics.auth`, `.cache.invalidate.auth`.',
    members: /^promregator\.authentication/,
  },
  { title: '`promregator`: others', text: '', members: /^promregator\./ },
  {
    title: '`server`: how we listen',
    text: "TLS by Spring Boot's names is `server.ssl`; Prometheus's own way is the [web config file](#the-web-config-file).",
    members: /^server\./,
  },
  { title: '`web`: as Prometheus has it', text: '', members: /^web\./ },
  { title: '`log`, `logging`: the log', text: '', members: /^logg?(?:ing)?\./ },
  { title: '`encrypt`: values that are encrypted', text: '', members: /^encrypt\./ },
  {
    title: "Java's switches",
    text: `Whoever gave them to the original as \`-Djavax.net.ssl.trustStore=…\`, as an argument or in \`JAVA_OPTS\`, \`JAVA_TOOL_OPTIONS\` or \`JDK_JAVA_OPTIONS\`, need not change
that. They are not read from variables of their own names.`,
    members: /^(?:javax|https?)\./,
  },
];
