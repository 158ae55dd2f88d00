package dev.reroam.tests.lab;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The lab's command line: {@code demo [FAULT] [--json]}. Exit codes: 0 done, 1 failed, 2 not understood. */
public final class Lab {

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
        String command = rest.isEmpty() ? "" : rest.remove(0);
        if (!command.equals("demo") || rest.size() > 1) {
            err.println("usage: reroam demo [FAULT] [--json]");
            return NOT_UNDERSTOOD;
        }
        String name = rest.isEmpty() ? Faults.UPLINK_DOWN.name() : rest.get(0);
        var fault = Faults.named(name);
        if (fault.isEmpty()) {
            err.println("no fault is called '" + name + "'; there are: "
                    + String.join(", ", Faults.all().stream().map(Fault::name).toList()));
            return NOT_UNDERSTOOD;
        }
        try {
            new Demo(fault.get(), out, json).run();
            return 0;
        } catch (CommandFailedException | IllegalStateException | UncheckedIOException e) {
            err.println("reroam: " + e.getMessage());
            return 1;
        }
    }
}
