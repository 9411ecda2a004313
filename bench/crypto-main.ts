import { CRYPTO_HEAD, cryptoRows } from './crypto-cost.js'
import { table } from './figures.js'
import { machineText } from './machine.js'

/** `npm run cost`: what encryption costs per message. */

const rows = await cryptoRows()
for (const line of [machineText(), '', ...table(CRYPTO_HEAD, rows)]) process.stdout.write(`${line}\n`)
