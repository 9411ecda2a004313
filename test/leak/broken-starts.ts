import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Program } from '../../stack/entry-point.js'
import { runProgram } from '../support/program.js'
import type { LeakStack } from './leak-stack.js'

/**
 * Programs that cannot start, with every secret in their environment or in the file that they cannot read: what they
 * print, and what Node prints of an error that nobody caught, must hold none of them.
 */
export async function brokenStarts(stack: LeakStack): Promise<string[]> {
  const { build, folder, workerEnv, clientEnv, temporary } = stack
  const broken = join(folder, 'broken')
  await mkdir(broken, { mode: 0o700 })
  const secrets = textSecrets(stack)
  const file = async (name: string, content: string, mode = 0o600): Promise<string> => {
    const path = join(broken, name)
    await writeFile(path, content, { mode })
    return path
  }
  const notJson = await file('not-json', `{"keys":[{"kty":"EC","crv":"P-256","kid":"x",${secrets.join(' ')}`)
  const wrongShape = await file('wrong-shape', JSON.stringify({ keys: secrets.map((d) => ({ kty: 'oct', d, k: d })) }))
  const shared = await file('shared', secrets.join('\n'), 0o644)
  const tenants = await file(
    'tenants.json',
    JSON.stringify({ tenants: [{ name: 'x', credentials: { accessKey: secrets[0], developerKey: [secrets[1]] } }] }),
  )
  const environment = Object.fromEntries(secrets.map((secret, index) => [`LEAK_SECRET_${index}`, secret]))
  const printed: string[] = []
  const start = async (program: Program, env: Readonly<Record<string, string>>, ...args: string[]): Promise<void> => {
    const { PATH = '' } = process.env
    const { code, out, err } = await runProgram(process.execPath, [build.program(program), ...args], {
      cwd: broken,
      env: { PATH, HOME: broken, TMPDIR: temporary, ...environment, ...env },
    })
    if (code === 0) throw new Error(`${program} was expected not to start, and ended well: ${out}`)
    printed.push(out, err)
  }
  const secret = String([...(stack.canaries.secrets.get('accessKey') ?? [])][0])
  const codec = {
    ...clientEnv,
    ONBOARDING_CODEC_SERVER_ADDRESS: '127.0.0.1:0',
    ONBOARDING_CODEC_SERVER_TOKEN_FILE: join(stack.local, 'codec-token'),
  }
  for (const bad of [notJson, wrongShape, shared]) {
    await start('worker/main', { ...workerEnv, ONBOARDING_SEALING_KEYS_FILE: bad })
    await start('worker/main', { ...workerEnv, ONBOARDING_CODEC_KEYS_FILE: bad, ONBOARDING_TENANTS_FILE: bad })
    await start('client/cli/main', { ...clientEnv, ONBOARDING_CODEC_KEYS_FILE: bad }, 'list')
    await start('secrets/codec-server/main', { ...codec, ONBOARDING_CODEC_KEYS_FILE: bad })
  }
  await start('worker/main', { ...workerEnv, ONBOARDING_TENANTS_FILE: tenants })
  // A secret in the place of something else.
  await start('worker/main', {
    ...workerEnv,
    ...{ ONBOARDING_ENVIRONMENT: secret, ONBOARDING_EKO_TIMEOUT_MS: secret, ONBOARDING_EKO_PROXY_URL: secret },
    ...{ TEMPORAL_ADDRESS: `${secret}/`, ONBOARDING_METRICS_ADDRESS: secret, ONBOARDING_TASK_QUEUE: `${secret} ` },
  })
  await start('worker/main', { ...workerEnv, TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: secret })
  await start('client/cli/main', { ...clientEnv, TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: secret }, 'list')
  await start(
    'client/cli/main',
    { ...clientEnv, ONBOARDING_STRICTNESS: secret, ONBOARDING_TENANT: `${secret}/` },
    'list',
  )
  for (const toml of await brokenTomls(file, secrets)) {
    await start('worker/main', { ...workerEnv, TEMPORAL_CONFIG_FILE: toml })
    await start('client/cli/main', { ...clientEnv, TEMPORAL_CONFIG_FILE: toml }, 'list')
  }
  await start('secrets/codec-server/main', { ...codec, ONBOARDING_CODEC_SERVER_ORIGINS: secret })
  await start('secrets/codec-server/main', { ...codec, ONBOARDING_CODEC_SERVER_JWKS_URL: secret })
  return printed
}

/** Temporal's configuration file, broken in the line of the API key, above it and below it. */
async function brokenTomls(
  file: (name: string, content: string) => Promise<string>,
  secrets: readonly string[],
): Promise<string[]> {
  // Also a key that stands alone: the parser quotes the line, whatever it is.
  const lines = secrets.flatMap((secret) => [`api_key = "${secret}`, `api_key = ${secret}"`, `"${secret}"`])
  const broken = lines.map((line) => `[profile.default]\n${line}\n`)
  const above = `[profile.default\n${secrets.map((secret) => `api_key = "${secret}"`).join('\n')}\n`
  const below = `[profile.default]\napi_key = "${secrets[0] ?? ''}"\naddress = "\n`
  // One of each kind of break: a start takes seconds, and no kind of secret is treated apart.
  const chosen = [...broken.slice(0, 3), above, below]
  return Promise.all(chosen.map((text, index) => file(`broken-${index}.toml`, text)))
}

/** One value of every kind that is text; the others of a kind tell nothing more. */
function textSecrets({ canaries }: LeakStack): string[] {
  return [...canaries.secrets.values()].flatMap((values) => {
    const text = [...values].find((value): value is string => typeof value === 'string')
    return text === undefined ? [] : [text]
  })
}
