import { it } from '@jest/globals'
import { expectNoLeak, LEAK_LIMIT_MS } from './no-leak.js'

/** What `npm run leak-test -- --mode vault` runs; a file of its own, so that both run at the same time. */

it(
  'after journeys of every kind no secret is readable anywhere, with secrets in a vault',
  () => expectNoLeak('vault'),
  LEAK_LIMIT_MS,
)
