package dev.reroam;

import dev.reroam.cli.Cli;
import dev.reroam.host.Version;
import dev.reroam.journal.IncidentFiles;
import dev.reroam.journal.ReplayCommand;

/** The program {@code reroam}. */
public final class Main {

    private Main() {}

    /** Does one command and ends the process with its exit code. */
    public static void main(String[] words) {
        var stop = new Stop();
        stop.exit(new Cli(
                        System.out,
                        System.err,
                        (config, places) -> Agent.run(config, places, stop),
                        (state, incident, out, err) ->
                                new ReplayCommand(Version.text(), out).run(new IncidentFiles(state).named(incident)))
                .run(words));
    }
}
