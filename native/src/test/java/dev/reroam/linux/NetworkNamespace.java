package dev.reroam.linux;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace for one test, made with {@code ip netns}; gone when closed. Needs root. */
public final class NetworkNamespace implements AutoCloseable {

    /** What a command did. */
    public record Outcome(int exit, String output, String errors) {}

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "reroam-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    public NetworkNamespace() throws IOException {
        execute(List.of("ip", "netns", "add", name), InputStream.nullInputStream());
    }

    public String name() {
        return name;
    }

    /** Runs a command inside; its output, or an IOException with its errors. */
    public String run(String command) throws Exception {
        var outcome = attempt(command);
        if (outcome.exit() != 0) {
            throw new IOException(command + ": " + outcome.errors());
        }
        return outcome.output();
    }

    /** Runs a command inside, whatever comes of it. */
    public Outcome attempt(String command) throws Exception {
        return execute(inside(List.of(command.split(" "))), InputStream.nullInputStream());
    }

    /** Runs a shell script of the test resources inside; it ends at the first error. */
    public void script(String resource) throws Exception {
        try (var script = NetworkNamespace.class.getResourceAsStream(resource)) {
            var outcome = execute(inside(List.of("sh", "-e", "-s")), script);
            if (outcome.exit() != 0) {
                throw new IOException(resource + ": " + outcome.errors());
            }
        }
    }

    /** Calls on a thread that lives in this namespace; sockets opened there stay in it. */
    public <T> T call(Callable<T> task) throws Exception {
        var future = new FutureTask<>(() -> {
            try (var namespace =
                    Descriptor.own("namespace", Libc.open("/run/netns/" + name, Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                Libc.check("setns", Libc.setns(namespace.fd(), Libc.CLONE_NEWNET));
            }
            return task.call();
        });
        Thread.ofPlatform().start(future);
        return future.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        execute(List.of("ip", "netns", "del", name), InputStream.nullInputStream());
    }

    private List<String> inside(List<String> command) {
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }

    private static Outcome execute(List<String> command, InputStream input) throws IOException {
        var errors = java.io.File.createTempFile("reroam", ".err");
        try {
            var process = new ProcessBuilder(command).redirectError(errors).start();
            try (var standardInput = process.getOutputStream()) {
                input.transferTo(standardInput);
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = process.onExit().join().exitValue();
            return new Outcome(exit, output, java.nio.file.Files.readString(errors.toPath()));
        } finally {
            errors.delete();
        }
    }
}
