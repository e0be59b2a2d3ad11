import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeHouse } from '../../../test/dev/fake-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'))
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
const made = spawnSync('openssl', [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
  ...['-keyout', keyFile, '-out', certFile, ...subject],
])

test('with a certificate it serves HTTPS beyond loopback, and the cookie is bound to host and HTTPS', async (context) => {
  if (made.status !== 0) return context.skip('openssl is not here to make a certificate')
  const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
  const { server, identity } = await fakeHouse({ config: { tls: { cert, key } } })
  const { id } = await identity.createPrincipal({ role: 'viewer' })
  const { secret } = await identity.createLoginLink(id)
  const { port, url } = await server.listen({ host: '0.0.0.0', port: 0 })
  expect(url).toMatch(/^https:/)
  const answer = await new Promise<{ status: number; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      request(
        { host: '127.0.0.1', servername: 'localhost', port, path: `/login?token=${secret}`, ca: cert },
        (response) => {
          response.resume()
          resolve({ status: response.statusCode ?? 0, headers: response.headers })
        },
      )
        .on('error', reject)
        .end()
    },
  )
  expect(answer.status).toBe(303)
  expect(String(answer.headers['set-cookie'])).toMatch(
    /^__Host-sallyport=.*Path=\/;.*HttpOnly; Secure; SameSite=Strict/,
  )
  expect(answer.headers['strict-transport-security']).toBeDefined()
  await server.close()
})
