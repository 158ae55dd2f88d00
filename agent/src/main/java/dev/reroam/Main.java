package dev.reroam;

import dev.reroam.cli.Cli;
import dev.reroam.host.Version;
import dev.reroam.journal.IncidentFiles;
import dev.reroam.journal.ReplayCommand;
import org.tinylog.Logger;

/** The program {@code reroam}. */
public final class Main {

    private Main() {}

    /** Does one command and ends the process with its exit code. */
    public static void main(String[] words) {
        var stop = new Stop();
        var cli = new Cli(
                System.out,
                System.err,
                (config, places) -> Agent.run(config, places, stop),
                (state, incident, out, err) ->
                        new ReplayCommand(Version.text(), out).run(new IncidentFiles(state).named(incident)),
                NetcheckCommand::run);
        int code = Cli.FAILED;
        try {
            code = cli.run(words);
        } catch (RuntimeException | Error bug) {
            // The edge of the process. Left to the JVM, the end would wait for an orderly stop that nobody is making.
            Logger.error(bug, "a bug ended this");
        }
        stop.exit(code);
    }
}
