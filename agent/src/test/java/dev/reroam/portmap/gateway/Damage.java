package dev.reroam.portmap.gateway;

import java.util.Arrays;
import java.util.Random;

/** Seeded damage to messages. {@code -Dseed=N} repeats a run; the seed is printed. */
public final class Damage {

    private Damage() {}

    /** A generator whose seed is on standard output. */
    public static Random random() {
        long seed = Long.getLong("seed", new java.security.SecureRandom().nextLong());
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    /** A copy with some bytes changed, cut or appended; sometimes nothing but noise. */
    public static Octets of(Random random, byte[] good) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return Octets.of(noise);
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(good.length + 8) : good.length;
        byte[] bytes = Arrays.copyOf(good, length);
        for (int changes = random.nextInt(5); changes > 0 && length > 0; changes--) {
            int at = random.nextInt(length);
            bytes[at] = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> (byte) 0xff;
                case 2 -> (byte) (bytes[at] + 1);
                default -> (byte) random.nextInt();
            };
        }
        return Octets.of(bytes);
    }
}
