#!/usr/bin/env node
import { runCodecServer } from './run.js'

process.exitCode = await runCodecServer(process.env, process.argv.slice(2))
