// Certificates that live as long as a test: an authority, a server's, a client's. Made by openssl.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { folder } from './folder.mjs';

const openssl = (dir, ...args) => promisify(execFile)('openssl', args, { cwd: dir });
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * A folder with ca.pem, server.pem, client.pem, each with its NAME-key.pem, and other-ca.pem, which
 * has signed none of them; and their contents.
 */
export async function certificates(t) {
  const dir = await folder(t);
  const authority = (name) =>
    openssl(
      dir, 'req', '-x509', ...ec, '-days', '2', '-subj', `/CN=${name} of a test`,
      '-keyout', `${name}-key.pem`, '-out', `${name}.pem`,
    );
  const signed = async (name) => {
    await openssl(
      dir, 'req', ...ec, '-subj', `/CN=${name}`,
      '-keyout', `${name}-key.pem`, '-out', `${name}.csr`,
    );
    await writeFile(join(dir, 'names.cnf'), 'subjectAltName = IP:127.0.0.1, IP:::1, DNS:localhost\n');
    await openssl(
      dir, 'x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca-key.pem',
      '-CAcreateserial', '-days', '2', '-extfile', 'names.cnf', '-out', `${name}.pem`,
    );
  };
  await authority('ca');
  await authority('other-ca');
  await signed('server');
  await signed('client');
  const text = (file) => readFile(join(dir, file), 'utf8');
  const [ca, cert, key] = await Promise.all(['ca.pem', 'server.pem', 'server-key.pem'].map(text));
  return { dir, file: (name) => join(dir, name), ca, server: { cert, key } };
}
