import { common } from './shared-rows.js'
import { type RailTables, went } from './table.js'

/** What Eko's pages give as `org_id`; a tenant can have its own. */
const ORG_ID = '1'

/** "Get Aadhaar Consent Languages". On Levin the tenant's own approved text is shown instead. */
export const consentLanguages: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'consentLanguages',
    method: 'GET',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/aadhaar/consent/languages',
    parameters: [
      { name: 'org_id', from: 'orgId', otherwise: ORG_ID },
      { name: 'service_code', from: 'serviceCode', optional: true },
    ],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went(
        'Consent Language Successfully Retrieved',
        { type: 2444, status: 0, data: { consent_language_list: 'list' } },
        'LANGUAGES',
        'let the sender choose one',
      ),
      ...common(),
    ],
  },
  levin: null,
}

/** "Get Aadhaar Consent Details": the text to show, with the same message as the list of languages. */
export const consentDetails: RailTables = {
  digikhata: {
    rail: 'digikhata',
    operation: 'consentDetails',
    method: 'GET',
    path: '/customer/payment/ppi-digikhata/sender/{customer_id}/aadhaar/consent/details',
    parameters: [
      { name: 'org_id', from: 'orgId', otherwise: ORG_ID },
      { name: 'consent_language', from: 'consentLanguage' },
      { name: 'service_code', from: 'serviceCode', optional: true },
    ],
    repeatable: true,
    onUnknown: 'RUN_AGAIN',
    dependency: 'EKO_TRANSPORT',
    rows: [
      went(
        'Consent Language Successfully Retrieved',
        {
          type: 2446,
          status: 0,
          data: { 'consent_detail.consentContent': 'filled', 'consent_detail.consentId': 'filled' },
        },
        'CONSENT',
        'show it, and ask for the Aadhaar number',
      ),
      ...common(),
    ],
  },
  levin: null,
}
