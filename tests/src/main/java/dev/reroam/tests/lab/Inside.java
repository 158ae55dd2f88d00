package dev.reroam.tests.lab;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Libc;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Makes sockets in a network namespace: they stay what they are wherever they are used. Any thread. */
public final class Inside {

    private Inside() {}

    /**
     * What {@code make} makes in that namespace, on a thread that then ends and takes its place there with it.
     *
     * @throws IllegalStateException with its exception as the cause
     */
    public static <T> T of(Namespace namespace, Callable<T> make) {
        var task = new FutureTask<>((Callable<T>) () -> {
            try (var place = Descriptor.own(
                    "network namespace " + namespace,
                    Libc.open("/run/netns/" + namespace.name(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0))) {
                Libc.check("setns", Libc.setns(place.fd(), Libc.CLONE_NEWNET));
            }
            return make.call();
        });
        Thread.ofPlatform().name("inside-" + namespace).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("in " + namespace + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }
}
