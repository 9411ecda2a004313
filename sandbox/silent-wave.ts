const SAMPLE_RATE_HZ = 8_000

/** One second of silence as 8-bit mono WAV: stands for the recordings of consent texts. */
export function silentWave(): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'ascii')
  header.writeUInt32LE(36 + SAMPLE_RATE_HZ, 4)
  header.write('WAVEfmt ', 8, 'ascii')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24)
  header.writeUInt32LE(SAMPLE_RATE_HZ, 28)
  header.writeUInt16LE(1, 32)
  header.writeUInt16LE(8, 34)
  header.write('data', 36, 'ascii')
  header.writeUInt32LE(SAMPLE_RATE_HZ, 40)
  return Buffer.concat([header, Buffer.alloc(SAMPLE_RATE_HZ, 128)])
}
