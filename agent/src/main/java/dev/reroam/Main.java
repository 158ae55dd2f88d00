package dev.reroam;

import dev.reroam.cli.Cli;

/** The program {@code reroam}. */
public final class Main {

    private Main() {}

    /** Does one command and ends the process with its exit code. */
    public static void main(String[] words) {
        System.exit(new Cli(System.out, System.err, Agent::run, (state, incident, out, err) -> {
                    err.println("reroam: replay is not wired yet");
                    return Cli.FAILED;
                })
                .run(words));
    }
}
