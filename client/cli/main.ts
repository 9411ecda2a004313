#!/usr/bin/env node
import { runCli } from './run.js'

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  folder: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})
