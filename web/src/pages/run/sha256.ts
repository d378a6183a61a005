// SHA-256 of a file. Browsers have it only on https and on the hub's own machine; elsewhere it is counted here
// (FIPS 180-4), piece by piece, so that a large file does not have to be in memory.

const PIECE = 1 << 22; // bytes

/** Hexadecimal. */
export async function sha256(file: Blob): Promise<string> {
  const sum = new Sum();
  for (let at = 0; at < file.size; at += PIECE) sum.add(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  return sum.hex();
}

const [ROUNDS, START] = constants();

/** The first 32 bits of the fractions of the cube and square roots of the first primes. */
function constants(): [Uint32Array, Uint32Array] {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  const bits = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
  return [
    Uint32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    Uint32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  ];
}

export class Sum {
  private readonly state = START.slice();
  private readonly block = new Uint8Array(64);
  private readonly words = new Uint32Array(64);
  private filled = 0;
  private length = 0;

  add(bytes: Uint8Array): void {
    this.length += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(64 - this.filled, bytes.length - at);
      this.block.set(bytes.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === 64) this.round();
    }
  }

  hex(): string {
    const bits = this.length * 8;
    this.add(new Uint8Array([0x80]));
    while (this.filled !== 56) this.add(new Uint8Array(1));
    const end = new DataView(new ArrayBuffer(8));
    end.setUint32(0, Math.floor(bits / 2 ** 32));
    end.setUint32(4, bits >>> 0);
    this.add(new Uint8Array(end.buffer));
    return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
  }

  private round(): void {
    const { words, state } = this;
    const view = new DataView(this.block.buffer);
    for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(i * 4);
    for (let i = 16; i < 64; i += 1) {
      const a = words[i - 15] as number;
      const b = words[i - 2] as number;
      const first = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
      const second = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
      words[i] = (words[i - 16] as number) + first + (words[i - 7] as number) + second;
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i += 1) {
      const mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const one = (h + mixed + ((e & f) ^ (~e & g)) + (ROUNDS[i] as number) + (words[i] as number)) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] as number) + word) | 0;
    this.filled = 0;
  }
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
