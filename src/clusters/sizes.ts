/**
 * Replica sizes (reference: clusters-sources-sinks 1.4): those of the local emulator, the larger ones of the product, the
 * legacy names, and the `scale=..,workers=..` family that upstream test suites use.
 */

/** A row of mz_cluster_replica_sizes. */
export interface ReplicaSize {
  readonly size: string;
  readonly processes: number;
  readonly workers: number;
  /** Billionths of a core. */
  readonly cpuNanoCores: bigint;
  readonly memoryBytes: bigint;
  readonly diskBytes: bigint | null;
  readonly creditsPerHour: number;
}

const MIB = 1_048_576n;
const GIB = 1024n * MIB;
const CORE = 1_000_000_000n;
/** How the relation shows the absence of a limit. */
const UNLIMITED_CPU = 18_446_744_073_709_000_000n;
const UNLIMITED_MEMORY = 18_446_744_073_709_551_615n;

/** size, workers, CPU in thousandths of a core, memory and disk in MiB, credits. One process each. */
const EMULATOR: readonly (readonly [string, number, number, number, number, number])[] = [
  ['25cc', 1, 500, 3881, 7762, 0.25],
  ['50cc', 1, 1000, 7762, 15525, 0.5],
  ['100cc', 2, 2000, 15525, 31050, 1],
  ['200cc', 4, 4000, 31050, 62100, 2],
  ['300cc', 6, 6000, 46575, 93150, 3],
  ['400cc', 8, 8000, 62100, 124201, 4],
  ['600cc', 12, 12000, 93150, 186301, 6],
  ['800cc', 16, 16000, 124201, 248402, 8],
  ['1200cc', 24, 24000, 186301, 372603, 12],
  ['1600cc', 31, 31000, 240640, 481280, 16],
  ['3200cc', 62, 62000, 481280, 962560, 32],
];

/**
 * Sizes of the product that the emulator does not have, with their credits. Their machines are not published; they are
 * shown as several processes of the largest emulator size, or as the emulator size of the same credits.
 */
const BY_CREDITS: readonly (readonly [string, number])[] = [
  ['6400cc', 64],
  ['128C', 128],
  ['256C', 256],
  ['512C', 512],
  ['3xsmall', 0.25],
  ['2xsmall', 0.5],
  ['xsmall', 1],
  ['small', 2],
  ['medium', 4],
  ['large', 8],
  ['xlarge', 16],
  ['2xlarge', 32],
  ['3xlarge', 64],
  ['4xlarge', 128],
  ['5xlarge', 256],
  ['6xlarge', 512],
];

const LARGEST_CREDITS = 32;

function emulatorSizes(): ReplicaSize[] {
  return EMULATOR.map(([size, workers, cpu, memory, disk, creditsPerHour]) => ({
    size,
    processes: 1,
    workers,
    cpuNanoCores: (BigInt(cpu) * CORE) / 1000n,
    memoryBytes: BigInt(memory) * MIB,
    diskBytes: BigInt(disk) * MIB,
    creditsPerHour,
  }));
}

function sizesByCredits(emulator: readonly ReplicaSize[]): ReplicaSize[] {
  return BY_CREDITS.flatMap(([size, creditsPerHour]) => {
    const processes = Math.max(1, creditsPerHour / LARGEST_CREDITS);
    const machine = emulator.find((s) => s.creditsPerHour === creditsPerHour / processes);
    return machine === undefined ? [] : [{ ...machine, size, processes, creditsPerHour }];
  });
}

function testSizes(): ReplicaSize[] {
  const make = (size: string, processes: number, workers: number, gib: number | null, credits: number) => ({
    size,
    processes,
    workers,
    cpuNanoCores: UNLIMITED_CPU,
    memoryBytes: gib === null ? UNLIMITED_MEMORY : BigInt(gib) * GIB,
    diskBytes: null,
    creditsPerHour: credits,
  });
  const sizes: ReplicaSize[] = [];
  for (const workers of [1, 2, 4, 8, 16, 32]) {
    sizes.push(make(`scale=1,workers=${String(workers)}`, 1, workers, null, 1));
    for (const gib of [4, 8, 16, 32]) {
      sizes.push(make(`scale=1,workers=${String(workers)},mem=${String(gib)}GiB`, 1, workers, gib, 1));
    }
  }
  for (const scale of [2, 4, 8, 16, 32]) {
    sizes.push(make(`scale=${String(scale)},workers=1`, scale, 1, null, scale));
    sizes.push(make(`scale=${String(scale)},workers=${String(scale)}`, scale, scale, null, scale));
  }
  sizes.push(make('scale=1,workers=8,mem=2GiB', 1, 8, 2, 1), make('scale=2,workers=4', 2, 4, null, 2));
  return sizes;
}

const SIZES: readonly ReplicaSize[] = (() => {
  const emulator = emulatorSizes();
  const sizes = [...emulator, ...sizesByCredits(emulator), ...testSizes()];
  // Sorting is stable: equals stay in the order above.
  return sizes.sort((a, b) => a.processes - b.processes || Number(a.cpuNanoCores - b.cpuNanoCores));
})();

const BY_NAME = new Map(SIZES.map((size) => [size.size, size]));

/** Every size, by scale, then CPU limit: the order of the hint about valid sizes. */
export function replicaSizes(): readonly ReplicaSize[] {
  return SIZES;
}

/** One size by name. */
export function replicaSize(name: string): ReplicaSize | undefined {
  return BY_NAME.get(name);
}
