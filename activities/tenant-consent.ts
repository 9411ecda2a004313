import type { CallOutcome, CallRequest } from '../workflows/calls.js'
import type { Tenant } from './tenants.js'

/** On a rail where Eko gives no consent text (Levin), the tenant's approved one is presented. */
export function tenantConsent(tenant: Tenant, call: string, { consentLanguage }: CallRequest): CallOutcome {
  const { consents } = tenant
  if (call === 'consentLanguages' && consents.length > 0) {
    const languages = consents.map(({ consentId, language }) => ({ id: consentId, name: language }))
    return { class: 'OK', answer: 'LANGUAGES', languages }
  }
  const consent = consents.find(({ consentId }) => consentId === consentLanguage)
  if (call === 'consentDetails' && consent) return { class: 'OK', answer: 'CONSENT', consent }
  return { class: 'NOT_SENT', answer: 'CONFIGURATION' }
}
