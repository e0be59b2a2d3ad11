import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testLedgerContract } from '../../../test/ledger/ledger-contract.ts'
import { generateKey } from '../../ground/crypto/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { fsck, openLedger } from '../../trust/ledger/index.ts'
import { openPostgresLedgerStore } from './index.ts'

const { SALLYPORT_TEST_POSTGRES, SALLYPORT_REQUIRE } = process.env
const url = SALLYPORT_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test'

const reason = await whyNot()

async function whyNot(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await client.end()
    return undefined
  } catch (error) {
    return `no PostgreSQL at ${url}: ${error instanceof Error ? error.message : error}`
  }
}

if (reason !== undefined) {
  process.stderr.write(`skipped: the ledger's contract on PostgreSQL: ${reason}\n`)
  test('PostgreSQL is there when it is required', (context) => {
    expect(SALLYPORT_REQUIRE === '1' ? reason : undefined).toBeUndefined()
    context.skip(reason)
  })
} else {
  testLedgerContract('postgres', async () => {
    const tenant = `test-${randomUUID()}`
    return { open: () => openPostgresLedgerStore({ url, tenant }) }
  })

  test('two processes write one log: no index twice, no entry lost, one line of checkpoints', async () => {
    const tenant = `test-${randomUUID()}`
    const { signer } = generateKey('Ed25519')
    const now = () => new Date()
    const open = async () => {
      const store = await openPostgresLedgerStore({ url, tenant })
      return await openLedger({ store, signer, now, origin: 'log.example/two' })
    }
    const [one, two] = [await open(), await open()]
    const write = async (ledger: typeof one, name: string) => {
      const indexes: number[] = []
      for (let i = 0; i < 40; i++) {
        indexes.push((await ledger.append(utf8(`${name} ${i}`))).index)
        if (i % 8 === 0) await ledger.checkpoint()
      }
      return indexes
    }
    const indexes = (await Promise.all([write(one, 'one'), write(two, 'two')])).flat()
    expect(indexes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, i) => i))
    expect(await one.checkpoint()).toContain('\n80\n')
    const vkey = one.vkey
    await one.close()
    await two.close()
    const store = await openPostgresLedgerStore({ url, tenant })
    expect(await fsck(store, vkey)).toMatchObject({ isClean: true, size: 80, publishedSize: 80 })
    await store.close()
  })

  test('an envelope changed in the database is reported with its place', async () => {
    const tenant = `test-${randomUUID()}`
    const { signer } = generateKey('Ed25519')
    const store = await openPostgresLedgerStore({ url, tenant })
    const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/x' })
    for (let i = 0; i < 3; i++) await ledger.append(utf8(`statement ${i}`))
    await ledger.checkpoint()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query("update log.entry set envelope = 'x' where tenant = $1 and idx = 1", [tenant])
    await client.end()
    await expect(ledger.read(1)).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
    const report = await fsck(store, ledger.vkey)
    expect(report.problems[0]).toEqual({
      where: 'log.entry 1',
      what: 'its envelope does not have its digest',
    })
    await ledger.close()
  })
}
