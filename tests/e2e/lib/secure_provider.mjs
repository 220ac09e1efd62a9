// A provider behind TLS, with HTTP/2 unless `http2` is false.
import http2 from 'node:http2';
import https from 'node:https';

/**
 * Starts it for the length of test `t`: { url, requests: [{ version, connection, key, client }], port }.
 * @param answer (request, response, provider): what to do instead of a small completion
 */
export async function startSecureProvider(t, certs, { answer, host = '127.0.0.1', http2: offered = true, ...options } = {}) {
  const provider = { requests: [], sessions: 0, closed: 0 };
  const all = { ...certs.server, allowHTTP1: true, maxSessionMemory: 1000, ...options };
  const server = offered ? http2.createSecureServer(all) : https.createServer(all);
  server.on('sessionError', () => {}).on('secureConnection', (socket) => {
    socket.number = provider.sessions++;
    socket.on('error', () => {}).on('close', () => provider.closed++);
    t.after(() => socket.destroy());
  });
  server.on('request', (request, response) => {
    const socket = request.stream?.session?.socket ?? request.socket;
    provider.requests.push({
      version: request.httpVersion,
      connection: socket.number,
      key: request.headers.authorization,
      client: socket.getPeerCertificate?.()?.subject?.CN,
    });
    response.stream?.on?.('error', () => {});
    const small = () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"n":${provider.requests.length}}`);
    };
    request.on('error', () => {}).on('end', () => (answer ? answer(request, response, provider, small) : small()));
    request.resume();
  });
  await new Promise((go, stop) => server.once('error', stop).listen(0, host, go));
  t.after(() => server.close());
  provider.port = server.address().port;
  provider.url = `https://${host.includes(':') ? `[${host}]` : host}:${provider.port}`;
  provider.keys = [{ name: 'a', secret: 'sk-e2e-a' }];
  return provider;
}
