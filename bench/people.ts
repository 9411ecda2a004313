import { randomInt } from 'node:crypto'
import { withVerhoeffDigit } from '../sandbox/verhoeff.js'
import type { SandboxControl } from '../stack/sandbox-control.js'

/** A made-up sender whom Eko knows, and who still has to prove Aadhaar and PAN. */
export interface BenchPerson {
  readonly mobile: string
  readonly aadhaar: string
  readonly pan: string
}

let people = randomInt(10_000_000)

/** The sender is registered at the sandbox first, so that the journey begins with a lookup that finds it. */
export async function knownPerson(sandbox: SandboxControl): Promise<BenchPerson> {
  people += 1
  const digits = String(people).padStart(8, '0').slice(-8)
  const letters = [...digits].map((digit) => 'ABCDEFGHJK'[Number(digit)] ?? 'A').join('')
  const person = {
    mobile: `75${digits}`,
    aadhaar: withVerhoeffDigit(`999${digits}`),
    pan: `${letters.slice(0, 3)}P${letters.slice(3, 4)}${digits.slice(4)}${letters.slice(7, 8)}`,
  }
  await sandbox.putSender('digikhata', person.mobile, { stage: 'AADHAAR_PENDING' })
  return person
}
