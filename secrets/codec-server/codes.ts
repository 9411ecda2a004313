/** What the codec server refuses with: each code with its HTTP status, its cause and what to do. */
export const CODEC_SERVER_CODES = {
  NOT_FOUND: {
    http: 404,
    cause: 'There is nothing at this path.',
    action: 'Use the endpoint that was given for this codec server, whole, and `/decode` or `/encode` behind it.',
  },
  ORIGIN_REFUSED: {
    http: 403,
    cause: 'A web page of an origin that is not listed asks.',
    action: 'Put the exact origin of Temporal UI into `ONBOARDING_CODEC_SERVER_ORIGINS`.',
  },
  METHOD_NOT_ALLOWED: { http: 405, cause: 'The method is not POST.', action: 'Send a POST.' },
  UNAUTHENTICATED: {
    http: 401,
    cause: 'There is no bearer token, or it is wrong, or its time is over.',
    action:
      'Log in to Temporal UI again, or give Temporal’s command line tool the token: `--codec-auth "Bearer <token>"`.',
  },
  FORBIDDEN: {
    http: 403,
    cause: 'The person is known, but may not read payloads.',
    action: 'Have the login provider grant what `ONBOARDING_CODEC_SERVER_JWT_CLAIM` asks for.',
  },
  LOGIN_UNAVAILABLE: {
    http: 503,
    cause: 'The login provider’s keys cannot be fetched.',
    action: 'Check `ONBOARDING_CODEC_SERVER_JWKS_URL` and the way to it, then try again.',
  },
  NOT_JSON: {
    http: 415,
    cause: 'The body is not JSON by its `content-type`, or it is compressed.',
    action: 'Send JSON, not compressed.',
  },
  TOO_LARGE: {
    http: 413,
    cause: 'The body is longer than the server takes (8 MiB unless it was started otherwise).',
    action: 'Send fewer payloads in one request.',
  },
  TOO_MANY_PAYLOADS: {
    http: 413,
    cause: 'There are more payloads in one request than the server takes (1,000 unless it was started otherwise).',
    action: 'Send fewer payloads in one request.',
  },
  MALFORMED: {
    http: 400,
    cause: 'The body is not `{"payloads": [{"metadata": {…}, "data": "…"}]}` with values in base64.',
    action: 'Send what Temporal’s remote codec protocol says.',
  },
  MASKED: {
    http: 422,
    cause: 'What is to be encoded was decoded for a person: it holds masks in place of secrets.',
    action: 'Send the real value; seal a secret with `onboard seal`.',
  },
  ALREADY_ENCRYPTED: {
    http: 422,
    cause: 'What is to be encoded is encrypted already.',
    action: 'Send it to Temporal as it is.',
  },
  BUSY: {
    http: 503,
    cause: 'The server works on as many requests as it takes at a time.',
    action: 'Try again in a second.',
  },
  INTERNAL: {
    http: 500,
    cause: 'The server failed.',
    action: 'Look for `codec server: a request failed` in its log.',
  },
} as const satisfies Readonly<
  Record<string, { readonly http: number; readonly cause: string; readonly action: string }>
>
export type CodecServerCode = keyof typeof CODEC_SERVER_CODES

/** A request that is refused. What it says holds nothing of the request. */
export class CodecServerRefusal extends Error {
  override readonly name = 'CodecServerRefusal'
  readonly http: number
  constructor(readonly code: CodecServerCode) {
    const { http, cause, action } = CODEC_SERVER_CODES[code]
    super(`${cause} ${action}`)
    this.http = http
  }
}
