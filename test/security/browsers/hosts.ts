/** Accepted, with `sluice.example.org`, `internal:3000` and `tls.example.org:443` in PUBLIC_HOSTS. */
export const known = [
  "localhost",
  "localhost:3000",
  "localhost:",
  "LOCALHOST:3000",
  "localhost.",
  "localhost.:3000",
  "sluice.localhost",
  "a.b.localhost:65535",
  "127.0.0.1",
  "127.0.0.1:1",
  "0.0.0.0:3000",
  "10.1.2.3",
  "169.254.1.1:3000",
  "203.0.113.7:443",
  "[::1]",
  "[::1]:3000",
  "[0:0:0:0:0:0:0:1]:3000",
  "[::ffff:127.0.0.1]:3000",
  "[FE80::1]",
  "[2001:db8::7]:80",
  "sluice.example.org",
  "sluice.example.org:8443",
  "SLUICE.Example.ORG",
  "sluice.example.org.",
  "internal:3000",
  "tls.example.org",
  "tls.example.org:443",
]

/** Well-formed, and not known. */
export const unknown = [
  "evil.example",
  "evil.example:3000",
  "x",
  "api",
  "internal:3001",
  "tls.example.org:8443",
  "localhost.evil.example",
  "localhostevil",
  "evil-localhost",
  "127.0.0.1.evil.example",
  "127-0-0-1.evil.example",
  "127.0.0.1.nip.io:3000",
  "sluice.example.org.evil.example",
  "xsluice.example.org",
  "example.org",
  "a.sluice.example.org",
  // Spellings of 127.0.0.1 that browsers replace by it.
  "2130706433",
  "2130706433:3000",
  "0x7f000001",
  "0x7f.1",
  "017700000001",
  "127.1",
  "127.0.0.01",
  "127.0.0.256",
  "127.0.0.1.",
  "1.2.3.4.5",
  // Punycode of lookalikes.
  "xn--lcalhost-7fg",
  "xn--localhst-3ya.example",
  "_dns.evil.example",
]

/** No host, or more than one. */
export const malformed = [
  "",
  ":3000",
  "localhost:0",
  "localhost:65536",
  "localhost:999999",
  "localhost:30 00",
  "localhost:+80",
  "localhost:3000:3000",
  "localhost:http",
  "localhost..",
  ".localhost",
  "a..localhost",
  "user@localhost",
  "user:password@localhost:3000",
  "evil.example@127.0.0.1",
  "localhost/",
  "localhost/evil",
  "localhost?x",
  "localhost#x",
  "localhost\\evil.example",
  "localhost,evil.example",
  "localhost, localhost",
  "localhost evil.example",
  "http://localhost",
  "*",
  "*.localhost",
  "local%68ost",
  "löcalhost",
  "[::1",
  "::1",
  "::1]:3000",
  "[::1]x",
  "[::1]3000",
  "[fe80::1%25eth0]",
  "[fe80::1%eth0]:3000",
  "[::g]",
  "[1:2:3]",
  "[::1::]",
  "[v1.x]",
  "[127.0.0.1]",
  `${"a".repeat(64)}.localhost`,
  `${"a.".repeat(140)}localhost`,
]

/** Requests whose target or headers name several hosts: `status | request line | headers`. */
export const severalHosts = `
  400 | GET /health/live HTTP/1.1 | Host: localhost; Host: localhost
  400 | GET /health/live HTTP/1.1 | Host: localhost; Host: evil.example
  400 | GET /health/live HTTP/1.1 | Host: evil.example; Host: localhost
  400 | GET /health/live HTTP/1.1 |
  200 | GET /health/live HTTP/1.0 |
  421 | GET /health/live HTTP/1.0 | Host: evil.example
  421 | GET http://evil.example/health/live HTTP/1.1 | Host: localhost
  421 | GET http://evil.example HTTP/1.1 | Host: localhost
  421 | GET http://localhost@evil.example/health/live HTTP/1.1 | Host: localhost
  200 | GET http://localhost/health/live HTTP/1.1 | Host: evil.example
  200 | GET http://localhost:3000/health/live HTTP/1.1 | Host: localhost:3000
  421 | GET /health/live HTTP/1.1 | Host: evil.example; X-Forwarded-Host: localhost
  421 | GET /health/live HTTP/1.1 | Host: evil.example; Forwarded: host=localhost
  421 | OPTIONS * HTTP/1.1 | Host: evil.example
  421 | GET /nothing HTTP/1.1 | Host: evil.example
  421 | GET //localhost/health/live HTTP/1.1 | Host: evil.example
  400 | GET /health/live |`

/** The `Host` that reaches the API and the `Origin` of its own page, with the status. */
export const ownOrigins = `
  200 | sluice.example.org | https://sluice.example.org
  200 | sluice.example.org:443 | https://sluice.example.org
  200 | sluice.example.org | http://sluice.example.org
  200 | sluice.example.org:8443 | https://sluice.example.org:8443
  403 | sluice.example.org | https://sluice.example.org:8443
  403 | sluice.example.org:80 | https://sluice.example.org
  200 | [::1]:3000 | http://[::1]:3000
  200 | [0:0::1]:3000 | http://[::1]:3000
  403 | [::1]:3000 | http://[::2]:3000
  200 | 10.0.0.5:3000 | http://10.0.0.5:3000
  200 | LOCALHOST:3000 | http://localhost:3000`
