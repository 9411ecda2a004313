import { describe, expect, it } from '@jest/globals'
import { classify } from '../../activities/eko/classify.js'
import { answered, type Body, tables } from './helpers.js'
import { ids, NO_ID, said } from './verdicts.js'

const UNKNOWN = 'UNRECOGNISED_ANSWER UNRECOGNISED_ANSWER'
const NOT_EXECUTED = 'REJECTED_BEFORE_EXECUTION CONFIGURATION'

const verifications = tables().filter(({ operation }) => operation.startsWith('verify'))
const withToken = tables().filter(({ parameters }) => parameters.some(({ name }) => name === 'wallet_token'))

/** Eko's page of error codes, by its own words; those that mean more than to be told are in other tests. */
const ERROR_CODES: readonly (readonly [code: number, text: string])[] = [
  [17, 'User wallet already exists'],
  [31, 'Agent can not be registered'],
  [36, 'Sender/beneficiary monthly limit exhausted'],
  [39, 'Max recipient limit reached'],
  [41, 'Wrong IFSC'],
  [44, 'Incomplete IFSC code'],
  [45, 'Incomplete IFSC code'],
  [46, 'Invalid account details'],
  [48, 'Recipient bank not found'],
  [53, 'IMPS transaction not allowed'],
  [55, 'Error from NPCI'],
  [102, 'Invalid account number length'],
  [122, 'Recipient name length'],
  [131, 'Recipient name only letters'],
  [136, 'Please provide valid IFSC format'],
  [140, 'Recipient mobile 10 digits'],
  [145, 'Recipient mobile numeric'],
  [168, 'TID does not exist'],
  [313, 'Recipient registration not done'],
  [314, 'Monthly limit exceeded'],
  [317, 'NEFT not allowed'],
  [327, 'Enrollment done; verification pending'],
  [342, 'Recipient already registered'],
  [344, 'IMPS not available in this bank'],
  [347, 'Insufficient balance'],
  [350, 'Recipient name not found'],
  [460, 'Invalid channel'],
  [508, 'Recipient IFSC error'],
  [521, 'Recipient IFSC error'],
  [536, 'Recipient type error'],
  [537, 'Recipient type error'],
  [544, 'Bank not available now'],
  [585, 'Customer already KYC approved'],
  [945, 'Sender/beneficiary monthly limit exhausted'],
  [2134, 'Customer KYC pending'],
  [2135, 'Customer KYC pending: eKYC failed'],
  [2148, 'Adding the beneficiary failed'],
]
/** Where a code is the operation's own answer. */
const OWN_CODES: Readonly<Record<string, readonly number[]>> = { onboardSender: [17, 327, 585], validatePan: [585] }

describe("Each code of Eko's page of errors is a refusal, in whichever id it stands", () => {
  it.each(ERROR_CODES)('%i: %s', (code) => {
    for (const table of tables().filter(({ operation }) => !OWN_CODES[operation]?.includes(code))) {
      for (const body of [ids(code, code, 1), ids(code, -1, 1), ids(1, -1, code)]) {
        expect(said(table, body)).toBe('BUSINESS_REJECT REFUSED')
      }
    }
  })

  it('a code that the page does not have is not one of them', () => {
    for (const table of tables()) expect(said(table, ids(NO_ID, -1, 1))).toBe(UNKNOWN)
  })
})

/** The documented shape of a refused field: status not 0, type -1, `invalid_params`. */
const refusing = (field: string, status: number | null = 97, type = -1): Body =>
  ids(status, type, 1, { invalid_params: { [field]: 'Please provide the value of the field' } })

describe('A refused field', () => {
  it.each(['initiator_id', 'user_code', 'org_id', 'service_code'])("%s is the tenant's to mend", (field) => {
    for (const table of tables()) {
      for (const status of [97, 461, NO_ID]) {
        expect(said(table, refusing(field, status))).toBe('BUSINESS_REJECT CONFIGURATION')
      }
    }
  })

  it.each(['wallet_token', 'wallet_id'])('%s asks for the mobile again where one is sent', (field) => {
    expect(withToken).toHaveLength(3)
    for (const table of withToken) {
      expect(said(table, refusing(field))).toBe('BUSINESS_REJECT WALLET_TOKEN_REFUSED')
    }
  })

  it('any other is asked for again, under a code that no page has too', () => {
    for (const table of tables()) {
      for (const status of [97, 132, 461, NO_ID]) {
        expect(said(table, refusing('a_field', status))).toBe('BUSINESS_REJECT FIELDS_REFUSED')
      }
    }
  })

  it.each(['user_code', 'wallet_token', 'a_field'])(
    '%s: an answer without a failed status decides nothing',
    (field) => {
      for (const table of tables()) {
        for (const status of [0, null]) expect(said(table, refusing(field, status))).toBe(UNKNOWN)
      }
    },
  )

  it.each(['user_code', 'wallet_token', 'a_field'])('%s: under another type than -1 it decides nothing', (field) => {
    for (const table of tables()) expect(said(table, refusing(field, NO_ID, NO_ID))).toBe(UNKNOWN)
  })

  it('a validation shape without a field decides nothing', () => {
    for (const table of tables()) {
      expect(said(table, ids(NO_ID, -1, 1, { invalid_params: {} }))).toBe(UNKNOWN)
    }
  })
})

describe('Words decide only together with the code that they belong to', () => {
  const body = (message: string): Body => ids(36, -1, 1, { message })

  it('"expired" under another failure than a wrong code is no expired code', () => {
    for (const table of verifications) {
      expect(said(table, body('The limit window has expired'))).toBe('BUSINESS_REJECT REFUSED')
    }
  })

  it('"registered" under another failure than 2131 is that failure', () => {
    for (const table of verifications) {
      expect(said(table, ids(1, -1, 303, { message: 'Already registered' }))).toBe('BUSINESS_REJECT CODE_EXPIRED')
    }
  })

  it('"wallet token" under another failure than 463 is that failure', () => {
    for (const table of withToken) {
      expect(said(table, body('Monthly limit of this wallet token'))).toBe('BUSINESS_REJECT REFUSED')
    }
  })

  it('463 under the type of Levin’s Aadhaar pair is a dead token without any word', () => {
    for (const table of withToken) {
      expect(said(table, ids(1, 1388, 463))).toBe('BUSINESS_REJECT WALLET_TOKEN_REFUSED')
      expect(said(table, ids(1, NO_ID, 463))).toBe('BUSINESS_REJECT SENDER_UNKNOWN')
    }
  })
})

describe('Authentication refused', () => {
  it.each([2483, 2484, 2486, 2487])('%i: nothing was executed, and no fresh signature helps', (code) => {
    for (const table of tables()) {
      for (const http of [200, 401, 403]) {
        expect(said(table, ids(code, code, 1), http)).toBe(NOT_EXECUTED)
        expect(classify(table, answered(ids(code, code, 1), http)).resign).toBe(false)
      }
    }
  })

  it.each([200, 401, 403])('2485 under HTTP %i: nothing was executed, and a fresh signature may help', (http) => {
    for (const table of tables()) {
      expect(said(table, ids(2485, 2485, 1), http)).toBe(NOT_EXECUTED)
      expect(classify(table, answered(ids(2485, 2485, 1), http)).resign).toBe(true)
    }
  })

  it('under HTTP 500 the same codes prove nothing', () => {
    for (const table of tables()) {
      for (const code of [2483, 2485]) {
        expect(said(table, ids(code, code, 1), 500)).toBe('UNKNOWN_OUTCOME UNKNOWN_OUTCOME')
      }
    }
  })
})

describe('HTTP statuses that decide by themselves', () => {
  it.each([401, 403, 404, 405, 415])('%i: nothing was executed', (http) => {
    for (const table of tables()) expect(said(table, {}, http)).toBe(NOT_EXECUTED)
  })

  it.each([500, 501, 502, 599])('%i: nobody knows what was executed', (http) => {
    for (const table of tables()) expect(said(table, {}, http)).toBe('UNKNOWN_OUTCOME UNKNOWN_OUTCOME')
  })

  it('429 is busy for a read, and an unknown outcome for everything else', () => {
    const busy = tables().filter((table) => said(table, {}, 429) === 'BUSY BUSY')
    expect(busy.map(({ operation }) => operation)).toEqual(['consentLanguages', 'consentDetails'])
    for (const table of tables().filter((one) => !busy.includes(one))) {
      expect(said(table, {}, 429)).toBe('UNKNOWN_OUTCOME UNKNOWN_OUTCOME')
    }
  })

  it.each([201, 300, 400, 402, 406, 414, 416, 428, 430, 499])('%i decides nothing', (http) => {
    for (const table of tables()) expect(said(table, {}, http)).toBe(UNKNOWN)
  })
})

describe('response_status_id', () => {
  it('-2 is another transaction in progress: busy', () => {
    for (const table of tables()) {
      for (const body of [ids(0, NO_ID, -2), ids(1, -1, -2), ids(null, -1, -2)]) {
        expect(said(table, body)).toBe('BUSY BUSY')
      }
    }
  })

  it.each([2, 3, 4, 5])('%i (initiated, refunded, on hold) decides nothing', (statusId) => {
    for (const table of tables()) expect(said(table, ids(0, NO_ID, statusId))).toBe(UNKNOWN)
  })
})
