// A proxy that tunnels, by CONNECT or as SOCKS 5, and notes down what passed.
import net from 'node:net';

const portOf = (server) => server.address().port;

function join(a, b) {
  a.pipe(b).pipe(a);
  for (const each of [a, b]) each.on('error', () => (a.destroy(), b.destroy()));
}

/** Takes the next `count` bytes, or all up to an empty line. */
async function take(socket, count) {
  let got = Buffer.alloc(0);
  for (;;) {
    const end = count ?? got.indexOf('\r\n\r\n') + 4;
    if (end >= (count ?? 4) && got.length >= end) {
      if (got.length > end) socket.unshift(got.subarray(end));
      return got.subarray(0, end);
    }
    const piece = socket.read();
    if (piece) got = Buffer.concat([got, piece]);
    else await new Promise((go, stop) => socket.once('readable', go).once('close', stop));
  }
}

async function connectProxy(socket, proxy) {
  const head = (await take(socket)).toString();
  const target = head.split(' ')[1];
  const user = /proxy-authorization: Basic (\S+)/i.exec(head)?.[1];
  proxy.seen.push({ target, user: user && Buffer.from(user, 'base64').toString() });
  if (proxy.status !== 200) {
    socket.end(`HTTP/1.1 ${proxy.status} No\r\n\r\n`);
    return undefined;
  }
  return [target, () => socket.write('HTTP/1.1 200 OK\r\n\r\n')];
}

async function socksProxy(socket, proxy) {
  const [, methods] = await take(socket, 2);
  const offered = await take(socket, methods);
  let user;
  socket.write(Buffer.from([5, offered.includes(2) ? 2 : 0]));
  if (offered.includes(2)) {
    const name = (await take(socket, (await take(socket, 2))[1])).toString();
    user = `${name}:${await take(socket, (await take(socket, 1))[0])}`;
    socket.write(Buffer.from([1, 0]));
  }
  const kind = (await take(socket, 4))[3];
  const host =
    kind === 3
      ? (await take(socket, (await take(socket, 1))[0])).toString()
      : [...(await take(socket, kind === 1 ? 4 : 16))].join('.');
  const target = `${host}:${(await take(socket, 2)).readUInt16BE()}`;
  proxy.seen.push({ target, user });
  return [target, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))];
}

/**
 * Starts a proxy for the length of test `t`: { port, seen: [{ target, user }], status, sockets }.
 * @param kind 'http' or 'socks'
 */
export async function startProxy(t, kind) {
  const proxy = { seen: [], status: 200, sockets: [] };
  const server = net.createServer(async (socket) => {
    t.after(() => socket.destroy());
    proxy.sockets.push(socket);
    socket.on('error', () => {});
    const met = await (kind === 'http' ? connectProxy : socksProxy)(socket, proxy).catch(() => {});
    if (!met) return;
    const [target, ready] = met;
    const colon = target.lastIndexOf(':');
    const far = net.connect(Number(target.slice(colon + 1)), target.slice(0, colon));
    t.after(() => far.destroy());
    far.once('connect', () => (ready(), join(socket, far))).on('error', () => socket.destroy());
  });
  await new Promise((go) => server.listen(0, '127.0.0.1', go));
  t.after(() => server.close());
  proxy.port = portOf(server);
  return proxy;
}
