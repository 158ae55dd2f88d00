package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Pause;
import java.time.Duration;

/** A program that only sleeps: what the JVM itself costs. */
final class Sleeper {

    private static final Duration LONG = Duration.ofDays(1);

    private Sleeper() {}

    public static void main(String[] words) {
        Pause.of(LONG);
    }
}
