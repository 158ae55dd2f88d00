package dev.reroam.tests.bench;

import com.google.gson.GsonBuilder;
import dev.reroam.tests.lab.CommandFailedException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The command line of the measurements. Exit codes: 0 measured, whatever came of it; 1 failed; 2 not understood. */
public final class Benches {

    private static final int FAILED = 1;
    private static final int NOT_UNDERSTOOD = 2;
    private static final List<Bench> ALL = List.of(
            new Reaction(),
            new Flood(),
            new Footprint(),
            new Outages(),
            new GuestOutages(),
            new FalseActions(),
            new FalseActionsSimulated(),
            new Simulate(),
            new Upstream(),
            new Silent(),
            new Stuck(),
            new Netchecks(),
            new GuestNetchecks(),
            new Remap(),
            new TailscaleBench(),
            new IdlePackets());

    private Benches() {}

    public static void main(String[] words) {
        int exit = run(List.of(words), System.out, System.err);
        System.out.flush();
        System.exit(exit);
    }

    static int run(List<String> words, PrintStream out, PrintStream err) {
        var parsed = Options.parse(words);
        if (parsed.isEmpty() || !known(parsed.get().names())) {
            err.println(Options.USAGE);
            ALL.forEach(bench -> err.println("  " + bench.name() + ": " + bench.about()));
            return NOT_UNDERSTOOD;
        }
        var options = parsed.get();
        try {
            for (var bench : ALL) {
                if (options.names().isEmpty() || options.names().contains(bench.name())) {
                    measure(bench, options, out, err);
                }
            }
            return 0;
        } catch (CommandFailedException | IllegalStateException | UncheckedIOException e) {
            err.println("reroam: " + e.getMessage());
            return FAILED;
        }
    }

    private static boolean known(List<String> names) {
        return names.stream().allMatch(name -> ALL.stream().map(Bench::name).anyMatch(name::equals));
    }

    private static void measure(Bench bench, Options options, PrintStream out, PrintStream err) {
        var environment = Environment.read();
        var result = bench.run(options, line -> err.println(bench.name() + ": " + line));
        if (options.json()) {
            out.println(new GsonBuilder().serializeNulls().create().toJson(result.json(bench.name(), environment)));
            return;
        }
        out.println(bench.name() + ": " + bench.about());
        out.println("  on " + environment.text() + " (" + Environment.loadAverage() + " at the end)");
        result.table().lines().forEach(line -> out.println("  " + line));
        result.figures().forEach(figure -> out.println("  " + figure.text()));
        result.remarks().forEach(remark -> out.println("  - " + remark));
    }
}
