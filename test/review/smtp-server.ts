import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A mail as it was received. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
}

/** A server that speaks as much of SMTP (RFC 5321) and AUTH PLAIN (RFC 4954) as a client needs, and keeps what it was given. */
export async function startSmtpServer(options: { readonly user?: string; readonly password?: string } = {}) {
  const mails: ReceivedMail[] = []
  const refusals = { times: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let text = ''
    let isData = false
    let isKnown = options.user === undefined
    let draft = { from: '', to: [] as string[] }
    const say = (line: string) => socket.write(`${line}\r\n`)
    const command = (line: string): void => {
      const [verb = ''] = line.toUpperCase().split(' ')
      if (verb === 'EHLO')
        return void say(options.user === undefined ? '250 here' : '250-here\r\n250 AUTH PLAIN')
      if (verb === 'AUTH') {
        const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0')
        isKnown = user === options.user && password === options.password
        return void say(isKnown ? '235 ok' : '535 no')
      }
      if (verb === 'QUIT') return void socket.end('221 bye\r\n')
      if (!isKnown) return void say('530 who are you')
      if (verb === 'MAIL') {
        if (refusals.times > 0) {
          refusals.times -= 1
          return void say('451 try again later')
        }
        draft = { from: addressIn(line), to: [] }
      }
      if (verb === 'RCPT') draft.to.push(addressIn(line))
      if (verb === 'DATA') {
        isData = true
        return void say('354 go on')
      }
      say('250 ok')
    }
    const take = (): void => {
      const end = isData ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n')
      if (end < 0) return
      const part = text.slice(0, end)
      text = text.slice(end + (isData ? 5 : 2))
      if (isData) {
        isData = false
        mails.push({ ...draft, data: part })
        say('250 kept')
      } else command(part)
      take()
    }
    say('220 here')
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      take()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    mails,
    /** The next so many mails are put off. */
    refusals,
    port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? ''
}
