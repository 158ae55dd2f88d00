package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A program of the tests that runs in the guest, on Debian's kernel, and says there what it has seen. */
public final class GuestProgram {

    // For a guest that hangs: how long it takes on a machine that has other work says nothing.
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Duration YIELDING_LIMIT = Duration.ofMinutes(70);

    private GuestProgram() {}

    /**
     * Boots a guest for it, and fails where the program does.
     *
     * @param share a directory of the guest's and ours; for one run
     * @return what it printed
     */
    public static String run(Class<?> program, Path share, String... arguments)
            throws IOException, InterruptedException {
        return run(VirtualMachine.prepare(), LIMIT, program, share, arguments);
    }

    /** The same, in what other tests leave of the processors. */
    public static String runYielding(Class<?> program, Path share, String... arguments)
            throws IOException, InterruptedException {
        return run(VirtualMachine.prepare().yielding(), YIELDING_LIMIT, program, share, arguments);
    }

    private static String run(VirtualMachine machine, Duration limit, Class<?> program, Path share, String... arguments)
            throws IOException, InterruptedException {
        var result = machine.run(Guest.java(program, Guest.JVM_FLAGS, List.of(arguments)), share, limit);
        assertEquals(0, result.exit(), result.output());
        return result.output();
    }
}
