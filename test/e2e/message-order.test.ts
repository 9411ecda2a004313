import { describe } from '@jest/globals'

describe.skip('being written', () => undefined)
