package dev.reroam.tests.integration;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Experiments that mostly wait, several at once: all are begun with the first test, each test waits for its own.
 * They tell healed from not healed, seconds apart: the other lanes of the build (see {@link Lanes}) may run beside them.
 */
final class SideBySide {

    private SideBySide() {}

    /**
     * A test per case.
     *
     * @param width how many run at once
     * @param experiment runs on a thread of its own
     * @param check judges what came of it
     */
    static <C, R> Stream<DynamicTest> tests(int width, List<C> cases, Function<C, R> experiment, Consumer<R> check) {
        var pool = Executors.newFixedThreadPool(width);
        var begun = cases.stream()
                .map(one -> pool.submit((Callable<R>) () -> experiment.apply(one)))
                .toList();
        pool.shutdown();
        return Stream.iterate(0, i -> i < cases.size(), i -> i + 1)
                .map(i -> DynamicTest.dynamicTest(cases.get(i).toString(), () -> check.accept(outcome(begun.get(i)))))
                .onClose(pool::shutdownNow);
    }

    private static <R> R outcome(Future<R> begun) throws Throwable {
        try {
            return begun.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }
}
