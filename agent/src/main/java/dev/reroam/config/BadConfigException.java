package dev.reroam.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used, with everything that is wrong with it, in the order of the file. */
public final class BadConfigException extends Exception {

    private final transient Path file;
    private final transient List<ConfigProblem> problems;

    /** At least one problem. */
    public BadConfigException(Path file, List<ConfigProblem> problems) {
        super(problems.stream().map(p -> p.text(file)).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("no problem with " + file);
        }
        this.file = file;
        this.problems = List.copyOf(problems);
    }

    /** {@code file:line: reason} for each problem, in the order of the file. */
    public List<String> lines() {
        return problems.stream().map(problem -> problem.text(file)).toList();
    }

    /** What is wrong; never empty. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
