import { it } from '@jest/globals'
import { expectNoLeak, LEAK_LIMIT_MS } from './no-leak.js'

/** What `npm run leak-test -- --mode inline` runs; that it would find something is shown beside it. */

it(
  'after journeys of every kind no secret is readable anywhere, with secrets inline',
  () => expectNoLeak('inline'),
  LEAK_LIMIT_MS,
)
