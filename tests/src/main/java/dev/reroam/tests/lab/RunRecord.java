package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The list of what one run made, as a file below {@code /run/reroam-lab}, a line per thing: {@code owner PID START},
 * {@code namespace NAME}, {@code file PATH}, {@code folder PATH}, {@code process PID START}, {@code everyone in NAMESPACE}. It
 * outlives its owner, which is what a sweep needs.
 */
record RunRecord(Path path) {

    private static final Path FOLDER = Path.of("/run/reroam-lab");
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final String EVERYONE = "everyone in ";
    private static final Duration DYING = Duration.ofSeconds(5);

    /** A new record; it appears with its owner in it, so that no sweep takes it for abandoned. */
    static RunRecord open(String name, ProcessIdentity owner) {
        try {
            Files.createDirectories(FOLDER);
            var draft = Files.createTempFile(FOLDER, ".", "");
            Files.writeString(draft, fill("owner %d %d\n", owner.pid(), owner.startTicks()));
            return new RunRecord(Files.move(draft, FOLDER.resolve(name), StandardCopyOption.ATOMIC_MOVE));
        } catch (IOException e) {
            throw new UncheckedIOException("the lab needs root: cannot write below " + FOLDER, e);
        }
    }

    /** Removes what runs with a dead owner have left behind. */
    static void sweep() {
        if (!Files.isDirectory(FOLDER)) {
            return;
        }
        try (Stream<Path> records = Files.list(FOLDER)) {
            records.filter(path -> !path.getFileName().toString().startsWith("."))
                    .map(RunRecord::new)
                    .filter(RunRecord::abandoned)
                    .forEach(RunRecord::remove);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FOLDER, e);
        }
    }

    /** Adds a thing that is about to be made. */
    void note(String line) {
        try {
            Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the processes, deletes the namespaces and files, then the record itself. */
    void remove() {
        var things = things();
        var processes = things.stream()
                .flatMap(thing -> processOf(thing, "process").stream())
                .toList();
        processes.forEach(ProcessIdentity::kill);
        // A namespace lives as long as a process in it.
        Pause.until(DYING, () -> processes.stream().noneMatch(ProcessIdentity::alive));
        var deletions = new StringBuilder();
        for (var thing : things) {
            if (thing.startsWith(EVERYONE) && Files.exists(NAMESPACES.resolve(thing.substring(EVERYONE.length())))) {
                // Whoever ended meanwhile is no failure.
                deletions.append(
                        fill("ip netns pids %s | xargs -r kill -KILL || true\n", thing.substring(EVERYONE.length())));
            }
        }
        for (var thing : things) {
            if (thing.startsWith("namespace ") && Files.exists(NAMESPACES.resolve(thing.split(" ", 2)[1]))) {
                // Two sweeps at once may both have found it; then the other one was faster.
                String name = thing.split(" ", 2)[1];
                deletions.append(fill("ip netns delete %s || [ ! -e /run/netns/%s ]\n", name, name));
            }
        }
        if (!deletions.isEmpty()) {
            Command.script(deletions.toString()).run();
        }
        try {
            for (var thing : things) {
                removeFile(thing);
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whatever a program made there: some make a folder where a file was expected. */
    private static void removeFile(String thing) throws IOException {
        if (!thing.startsWith("file ") && !thing.startsWith("folder ")) {
            return;
        }
        var path = Path.of(thing.split(" ", 2)[1]);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(path)) {
            // The deepest first.
            for (var one : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }

    private boolean abandoned() {
        return things().stream()
                .flatMap(thing -> processOf(thing, "owner").stream())
                .noneMatch(ProcessIdentity::alive);
    }

    private List<String> things() {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException sweptByAnother) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<ProcessIdentity> processOf(String thing, String kind) {
        var words = thing.split(" ", -1);
        return words.length == 3 && words[0].equals(kind)
                ? Optional.of(ProcessIdentity.parse(words[1], words[2]))
                : Optional.empty();
    }
}
