package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of this machine that the emulated machine is built with, and the Debian package that brings it. Immutable.
 *
 * @param name the program's file name
 * @param debianPackage what to install where it is missing
 */
record HostProgram(String name, String debianPackage) {

    /** The file of the program. @throws IOException with the package's name where it is missing */
    Path find() throws IOException {
        // An ordinary user's PATH lacks the sbin directories, where depmod lives.
        var path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin";
        return Arrays.stream(path.split(":", -1))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException(name + " is missing; on Debian: apt-get install " + debianPackage));
    }

    /**
     * Runs the program to its end and returns what it wrote to standard output.
     *
     * @throws IOException where it is missing, fails (with what it wrote to standard error) or outlives the limit
     */
    String run(Path directory, Duration limit, String... arguments) throws IOException, InterruptedException {
        var output = Files.createTempFile("reroam-", ".out");
        try {
            runInto(output, directory, limit, arguments);
            return Files.readString(output);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** As {@link #run}, with standard output in a file: for output too large to hold. */
    void runInto(Path output, Path directory, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(find().toString()));
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile("reroam-", ".err");
        try {
            var builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            // What they print is read by us, so it must not be translated.
            builder.environment().put("LC_ALL", "C.UTF-8");
            var process = builder.start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException(this + " took longer than " + limit.toSeconds() + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IOException(this + " " + String.join(" ", arguments) + " failed with exit "
                        + process.exitValue() + ": " + Files.readString(errors).strip());
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
