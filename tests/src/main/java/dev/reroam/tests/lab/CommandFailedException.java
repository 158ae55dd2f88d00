package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.util.List;

/** A program that the lab ran said no: which one, its exit code and what it printed. */
public final class CommandFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int TIMED_OUT = 124;

    private final int exit;

    CommandFailedException(List<String> words, int exit, String complaint) {
        super(fill(
                "'%s' %s: %s",
                String.join(" ", words),
                exit == TIMED_OUT ? "did not end in time" : "ended with " + exit,
                complaint.strip()));
        this.exit = exit;
    }

    /** The program's exit code; 124 where it did not end in time. */
    public int exit() {
        return exit;
    }
}
