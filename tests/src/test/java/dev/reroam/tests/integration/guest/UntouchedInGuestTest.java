package dev.reroam.tests.integration.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.integration.GuestProgram;
import dev.reroam.tests.integration.Lanes;
import dev.reroam.tests.integration.ShippedFlags;
import dev.reroam.tests.integration.UntouchedVerdict;
import dev.reroam.tests.lab.QuietRouter.Report;
import dev.reroam.tests.lab.QuietRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What carries, or is merely quiet, is left as it is. On kernel WireGuard. */
@Tag("bed2")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.GUEST)
class UntouchedInGuestTest {

    @TempDir
    private Path share;

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> isLeftAsItIsInEveryRun() throws IOException, InterruptedException {
        return tests(Arrays.stream(QuietRun.values())
                .map(run -> new QuietTrial(run, IpFamily.V4))
                .toList());
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> isLeftAsItIsInEveryRunOverTheOtherFamily() throws IOException, InterruptedException {
        return tests(Arrays.stream(QuietRun.values())
                .map(run -> new QuietTrial(run, IpFamily.V6))
                .toList());
    }

    private Stream<DynamicTest> tests(List<QuietTrial> trials) throws IOException, InterruptedException {
        var told = share.resolve("reports");
        var arguments = new ArrayList<>(List.of(told.toString(), ShippedFlags.text()));
        trials.forEach(trial -> arguments.add(trial.word()));
        GuestProgram.run(UntouchedProgram.class, share, arguments.toArray(String[]::new));
        var reports = Files.readAllLines(told).stream()
                .map(line -> new Gson().fromJson(line, Report.class))
                .toList();
        assertEquals(trials.size(), reports.size());
        return IntStream.range(0, trials.size()).mapToObj(i -> {
            var trial = trials.get(i);
            return DynamicTest.dynamicTest(trial.toString(), () -> UntouchedVerdict.judge(trial.run(), reports.get(i)));
        });
    }
}
