package dev.reroam.tests.lab;

import dev.reroam.linux.ip.IpFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A network namespace of the lab, by name. Made by the {@link SetupScript}, removed by the {@link Belongings}. Used by one
 * thread at a time.
 */
public final class Namespace {

    private final String name;
    private final Belongings belongings;
    private final Map<IpFamily, IpBatch> batches = new EnumMap<>(IpFamily.class);

    Namespace(String name, Belongings belongings) {
        this.name = name;
        this.belongings = belongings;
    }

    /** The name that {@code ip netns} knows it by. */
    public String name() {
        return name;
    }

    /** The number by which the kernel knows it: what /proc/PID/ns/net of a process inside names. */
    public long inode() {
        try {
            return (Long) Files.getAttribute(Path.of("/run/netns", name), "unix:ino");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program inside, and returns what it printed. */
    public String run(String... words) {
        return command(words).run();
    }

    /** Runs a shell script inside that stops at the first command that fails. */
    public String script(String text) {
        return command("sh", "-e").withInput(text).run();
    }

    /** Runs lines by an {@code ip} of their own, which knows nothing of earlier interfaces. */
    void batch(List<String> lines) {
        new Command(List.of("ip", "-n", name, "-batch", "-"), String.join("\n", lines) + "\n").run();
    }

    /** A program to run inside. */
    public Command command(String... words) {
        var all = new ArrayList<>(inside());
        all.addAll(List.of(words));
        return new Command(all, "");
    }

    /** Starts a program inside that runs until it is stopped or the lab is closed; its output is a pipe. */
    public Process start(String... words) {
        return belongings.start(inside(), List.of(words), ProcessBuilder.Redirect.PIPE);
    }

    /** Starts a program inside whose output goes to {@code output}. */
    public Process start(ProcessBuilder.Redirect output, List<String> words) {
        return belongings.start(inside(), words, output);
    }

    /** The resident {@code ip} of this namespace for IPv4, links and everything without a family. */
    public IpBatch ip() {
        return ip(IpFamily.V4);
    }

    /** The resident {@code ip} for one address family: what lacks a family in a line is taken to mean this one. */
    public IpBatch ip(IpFamily family) {
        return batches.computeIfAbsent(family, wanted -> IpBatch.start(this, wanted));
    }

    /** A file for what a program inside prints, removed in the end. */
    LogFile log(String program) {
        return new LogFile(belongings.scratch(program + ".log"));
    }

    /** Notes a file that a program inside will leave behind. */
    void leaves(Path file) {
        belongings.file(file);
    }

    private List<String> inside() {
        return List.of("ip", "netns", "exec", name);
    }

    @Override
    public String toString() {
        return name;
    }
}
