package dev.reroam.tests.bench;

import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code ip monitor neigh} on a router: another program's count of its neighbour events. Ends with the lab. */
final class NeighbourMonitor {

    private final Path printed;

    NeighbourMonitor(Topology net) {
        printed = net.scratch("neighbours");
        net.router().start(Redirect.to(printed.toFile()), List.of("ip", "-oneline", "monitor", "neigh"));
    }

    /** How many it has heard. */
    long events() {
        try (var lines = Files.lines(printed)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
