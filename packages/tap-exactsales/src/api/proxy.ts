/** A proxy that the environment names. */
export interface Proxy {
  /** The environment variable, e.g. `HTTPS_PROXY`. */
  readonly variable: string;
  /** The address, which may contain credentials. Never log it. */
  readonly url: string;
  /** For messages: `host:port`. */
  readonly host: string;
}

/**
 * Returns the proxy for requests to a URL, as undici and curl find it: `https_proxy` or `HTTPS_PROXY`
 * for HTTPS, `http_proxy` or `HTTP_PROXY` for HTTP and, without the former, for HTTPS as well. A proxy
 * without a scheme is an HTTP proxy.
 * @returns undefined if requests need no proxy
 * @throws Error if the variable is not a proxy; see {@link proxyProblems}
 */
export function proxyFor(url: string, env: NodeJS.ProcessEnv): Proxy | undefined {
  const found = variableFor(url, env);
  if (!found) return undefined;
  const proxy = parseProxy(...found);
  if (!proxy) throw new Error(`${found[0]} is not a proxy`);
  return proxy;
}

/**
 * @param url the setting `api_url`
 * @returns one sentence, which does not contain the value, if the proxy's variable is invalid
 */
export function proxyProblems(url: unknown, env: NodeJS.ProcessEnv): string[] {
  const found = typeof url === 'string' ? variableFor(url, env) : undefined;
  if (!found || parseProxy(...found)) return [];
  return [
    `The environment variable ${found[0]} must be the address of a proxy, e.g. http://proxy.example.com:3128, without a path, and with special characters of the password percent-encoded: correct it, unset it, or add the API's host to NO_PROXY.`,
  ];
}

/** Returns `host:port` of a URL, with the port even if it is the default port. */
export function hostOf(url: string | URL): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port}`;
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'socks:': '1080',
  'socks5:': '1080',
};

/** @returns the name and the value of the variable that applies to the URL */
function variableFor(url: string, env: NodeJS.ProcessEnv): readonly [string, string] | undefined {
  const target = URL.parse(url.trim());
  if (!target || isExempt(target, env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return undefined;
  const first = (...names: string[]): readonly [string, string] | undefined => {
    const name = names.find((one) => env[one] !== undefined);
    const value = name === undefined ? '' : (env[name] ?? '').trim();
    return name === undefined || value === '' ? undefined : [name, value];
  };
  const forHttps = target.protocol === 'https:' ? first('https_proxy', 'HTTPS_PROXY') : undefined;
  return forHttps ?? first('http_proxy', 'HTTP_PROXY');
}

/**
 * True if `NO_PROXY` contains the host or a domain above it, perhaps with a port. An entry that begins
 * with `*.` is only for the hosts below the domain.
 */
function isExempt(target: URL, noProxy: string): boolean {
  const host = withoutBrackets(target.hostname).replace(/\.$/, '');
  const port = target.port === '' ? DEFAULT_PORTS[target.protocol] : target.port;
  return noProxy
    .toLowerCase()
    .split(/[,\s]/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = entry, onlyPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      const domain = withoutBrackets(name)
        .replace(/^\*?\./, '')
        .replace(/\.$/, '');
      const isHost = host === domain && !name.startsWith('*');
      return name === '*' || isHost || host.endsWith(`.${domain}`);
    });
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function parseProxy(variable: string, value: string): Proxy | undefined {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (!url || !(url.protocol in DEFAULT_PORTS) || url.hostname === '') return undefined;
  // A password with an unencoded slash ends up in the path, and its beginning in the host.
  if (!['', '/'].includes(url.pathname + url.search + url.hash)) return undefined;
  if (!isDecodable(url.username + url.password)) return undefined;
  return { variable, url: url.href, host: hostOf(url) };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
