package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The files by which host and guest speak, in one directory of the share. The guest's first process reads {@code place}
 * and {@code command} and writes the rest. Immutable.
 */
record GuestFiles(Path directory) {

    private static final String ENVIRONMENT = """
            export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
            """;

    /** Says what to run; whatever an earlier run left is gone afterwards. */
    void write(Path share, List<String> command) throws IOException {
        if (share.toString().contains("\n")) {
            throw new IOException("a share's path is one line");
        }
        LabCache.delete(directory);
        Files.createDirectory(directory);
        Files.writeString(directory.resolve("place"), share + "\n");
        Files.writeString(
                directory.resolve("command"),
                ENVIRONMENT + "cd " + Guest.quoted(List.of(share.toString())) + " && exec " + Guest.quoted(command)
                        + "\n");
    }

    /** The exit status of the command; empty when the guest did not get so far. */
    OptionalInt exit() throws IOException {
        var file = directory.resolve("exit");
        return Files.exists(file)
                ? OptionalInt.of(Integer.parseInt(Files.readString(file).strip()))
                : OptionalInt.empty();
    }

    Path output() {
        return directory.resolve("output");
    }

    Path console() {
        return directory.resolve("console");
    }

    /** What QEMU itself says: nothing, as a rule. */
    Path emulator() {
        return directory.resolve("emulator");
    }

    /** The last lines of all that was said, for the message of a failure. */
    String lastWords(int lines) throws IOException {
        var words = new StringBuilder();
        for (var file : List.of(emulator(), console(), output())) {
            var said = Files.exists(file) ? tail(file, lines) : "";
            words.append(file.getFileName())
                    .append(": ")
                    .append(said.isBlank() ? "nothing" : said)
                    .append('\n');
        }
        return words.toString().strip();
    }

    private static String tail(Path file, int lines) throws IOException {
        var all = Files.readAllLines(file, ISO_8859_1);
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }
}
