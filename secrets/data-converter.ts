import { fileURLToPath } from 'node:url'
import type { DataConverter } from '@temporalio/common'

/** Path of the payload converter; the workflow bundle must be built with it as well. */
export const PAYLOAD_CONVERTER_PATH = fileURLToPath(new URL('./payload-converter.cjs', import.meta.url))

/** The data converter of every client and worker of the product. */
export const dataConverter: DataConverter = { payloadConverterPath: PAYLOAD_CONVERTER_PATH }
