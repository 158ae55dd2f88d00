package dev.reroam.tests.lab;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Command lines for the guest, which sees this machine's files under the names that they have here (all but /run, /dev,
 * /proc and /sys): the same JDK and the same class path serve on both sides.
 */
public final class Guest {

    private Guest() {}

    /**
     * For a program that measures or tests in the guest: a compiler that is soon done, and a heap for which there is room; for
     * the rest as the agent ships.
     */
    public static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-Xss256k",
            "-XX:-UsePerfData",
            "-Djnr.ffi.asm.enabled=false");

    /**
     * A Java program in the guest: this JVM's own JDK and class path, another main class.
     *
     * @param jvmFlags the flags of the guest's JVM; none of this JVM's are inherited
     */
    public static List<String> java(Class<?> mainClass, List<String> jvmFlags, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.add("-cp");
        command.add(classPath());
        command.add(mainClass.getName());
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** Absolute: the guest's program starts in another directory than this JVM. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** One line of shell that runs exactly these words. */
    static String quoted(List<String> command) {
        return command.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
