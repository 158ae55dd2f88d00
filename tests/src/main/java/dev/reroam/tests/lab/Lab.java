package dev.reroam.tests.lab;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lab's command line: {@code demo [FAULT] [--json]} and {@code bench NAME}. Exit codes: 0 done, 1 failed, 2 not
 * understood.
 */
public final class Lab {

    private static final String USAGE = "usage: reroam demo [FAULT] [--json] | reroam bench baseline";
    private static final Duration BASELINE_WATCHED = Duration.ofSeconds(60);
    private static final int NOT_UNDERSTOOD = 2;

    private Lab() {}

    public static void main(String[] arguments) {
        int exit = run(List.of(arguments), System.out, System.err);
        System.out.flush();
        System.exit(exit);
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        var rest = new ArrayList<>(arguments);
        boolean json = rest.remove("--json");
        var command = String.join(" ", rest);
        try {
            if (command.equals("bench baseline")) {
                new Baseline(Plan.standard(), BASELINE_WATCHED, out).run(Faults.all());
                return 0;
            }
            if (rest.isEmpty() || !rest.get(0).equals("demo") || rest.size() > 2) {
                err.println(USAGE);
                return NOT_UNDERSTOOD;
            }
            var fault = rest.size() == 1 ? Optional.of(CableFaults.UPLINK_DOWN) : Faults.named(rest.get(1));
            if (fault.isEmpty()) {
                err.println("no fault is called '" + rest.get(1) + "'; there are: " + names());
                return NOT_UNDERSTOOD;
            }
            new Demo(fault.get(), out, json).run();
            return 0;
        } catch (CommandFailedException | IllegalStateException | UncheckedIOException e) {
            err.println("reroam: " + e.getMessage());
            return 1;
        }
    }

    private static String names() {
        return String.join(", ", Faults.all().stream().map(Fault::name).toList());
    }
}
